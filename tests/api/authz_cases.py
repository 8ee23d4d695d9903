"""What the owner of the matrix's world has: a wallet, and a case in each state that some verb needs."""

from datetime import datetime
from typing import Any
from uuid import UUID

from identity import departments
from identity.actor import Actor
from miniapps.cases import service as cases
from miniapps.cases.rules import Choice, Content, Defect, Outcome, Way
from miniapps.cases.service import Draft
from miniapps.cases.tables import Case
from miniapps.items.rules import Delivery, Procedure
from miniapps.materials import service as materials
from miniapps.materials.rules import Source, UploadState
from miniapps.materials.tables import MaterialUse, MaterialVersion
from miniapps.trips import service as trips
from storage.db import execute
from storage.ids import new_id
from tests.miniapps.cases.factories import ANSWERS, CODE, FORM, hold
from tests.miniapps.materials.factories import issued, request
from tests.miniapps.trips.factories import claim

CONTENT = Content(ANSWERS, FORM, {"photo": Choice(Way.TOLERATED)})


async def a_wallet(actors: dict[str, Actor], now: datetime) -> dict[str, str]:
    owner, clerk = actors["owner"], actors["competent"]
    version = await MaterialVersion.objects().get(MaterialVersion.id == await hold(owner))
    assert version is not None
    office = await _office(clerk.acting_for)
    certificate = await issued(owner.acting_for, office, now=now)
    upload = (await request(owner, b"%PDF", now=now)).upload
    await execute("UPDATE material_upload SET state = $2 WHERE id = $1", upload.id, UploadState.CHECKING)
    use = await _use(owner, version.id, clerk.acting_for, now)
    return {
        "version": str(version.id), "material": str(version.material), "certificate": str(certificate.id),
        "upload": str(upload.id), "use": str(use.id),
    }  # fmt: skip


async def _office(department_id: UUID) -> Any:
    [office] = await departments.by_ids([department_id])
    return office


async def _use(owner: Actor, version_id: UUID, department_id: UUID, now: datetime) -> MaterialUse:
    return await materials.record_use(
        owner, party_id=owner.acting_for, holding_id=version_id, source=Source.WALLET, case_id=new_id(),
        purpose="办理", until=now.replace(year=now.year + 1), now=now, department_id=department_id,
    )  # fmt: skip


async def some_cases(actors: dict[str, Actor], now: datetime) -> dict[str, str]:
    """One case in each state that some verb needs, all opened in the owner's mini-app."""
    clerk = actors["competent"]
    names = ("draft", "submitted", "correcting", "accepted", "paused", "decided", "completed")
    made = {name: await opened(actors["app"], now) for name in names}
    for name in names[1:]:
        await cases.submit(actors["owner"], made[name].id, idempotency_key=new_id().hex, now=now)
    for name in names[3:]:
        await cases.accept(clerk, made[name].id, now=now)
    await cases.ask_correction(clerk, made["correcting"].id, [Defect("address", "请写门牌号")], now=now)
    await cases.pause(clerk, made["paused"].id, Procedure.TESTING, notice="检测", now=now)
    for name in names[5:]:
        await cases.decide(clerk, made[name].id, Outcome.REFUSED, reason="不符合条件", now=now)
    await cases.complete(clerk, made["completed"].id, now=now)
    await trips.record_visit(actors["owner"], made["completed"].id, **claim(), now=now)
    await trips.judge(made["completed"].id, now=now)
    await hold(actors["owner"], "photo", title="照片")  # to hand in what was to follow
    submitted = await Case.objects().get(Case.id == made["submitted"].id)
    assert submitted is not None
    return {name: str(case.id) for name, case in made.items()} | {"number": str(submitted.number)}


async def opened(citizen: Actor, now: datetime) -> Case:
    draft = Draft(code=CODE, content=CONTENT, delivery=Delivery.WINDOW)
    return await cases.open_draft(citizen, draft, idempotency_key=new_id().hex, now=now)
