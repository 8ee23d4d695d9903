"""The world of the authorization matrix: one citizen with something of everything, and all who might look.

The rows of the table in `authz_table` name things of this world as `$name`.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from banshi.scopes import GRANTABLE, Scope
from identity import accounts, departments, mandates, opening, people, teams
from identity.actor import ANONYMOUS, Actor
from identity.mandates import Nod, Proposal, Side
from identity.methods.credentials import Passkey
from identity.people import Person
from identity.roles import Role
from identity.sandbox import BY_KEY, proof_of
from miniapps.cases import service as cases
from miniapps.cases.rules import Choice, Content, Defect, Outcome, Way
from miniapps.cases.service import Draft
from miniapps.cases.tables import Case
from miniapps.catalog import service as catalog
from miniapps.items.rules import Delivery, Procedure
from miniapps.items.tables import Item, ItemVersion
from miniapps.materials import service as materials
from miniapps.materials.rules import Source, UploadState
from miniapps.materials.tables import MaterialUse, MaterialVersion
from miniapps.notices import service as notices
from miniapps.notices.tables import Notice
from miniapps.trips import service as trips
from storage import objects
from storage.db import execute
from storage.ids import new_id
from tests.api.authz_rights import exported, objected
from tests.api.conftest import NOON, a_department, some_settings
from tests.miniapps.cases.factories import (
    ANSWERS,
    CODE,
    FORM,
    PHOTO,
    XIHU,
    a_town,
    an_item,
    hold,
)
from tests.miniapps.catalog.factories import a_manifest, make_released
from tests.miniapps.materials.factories import issued, request

OWN_APP, OTHER_APP, FOREIGN_APP, NEW_APP = "rent-app", "other-app", "foreign-app", "new-app"

STAFF = {
    "competent": ("clerk_housing_fund", Role.CLERK, "housing_fund"),
    "elsewhere": ("clerk_civil_affairs", Role.CLERK, "civil_affairs"),
    "definer": ("definer", Role.ITEM_DEFINER, "education"),
    "operator": ("operator", Role.OPERATOR, "education"),
    "developer": ("developer", Role.DEVELOPER, "education"),
    "maintainer": ("maintainer", Role.MAINTAINER, "education"),
    "auditor": ("auditor", Role.AUDITOR, "education"),
    "security": ("security", Role.SECURITY, "education"),
}
CONTENT = Content(ANSWERS, FORM, {"photo": Choice(Way.TOLERATED)})
SPARE = CODE[:-1] + "8"  # an item to define anew
OTHER_CODE = CODE[:-1] + "7"  # an item that the owner has no case of


@dataclass
class World:
    """Actors by name, things by name, and the ids that nobody but their owner may meet."""

    actors: dict[str, Actor]
    things: dict[str, str]
    personal: frozenset[str]  # every id of what is the owner's
    of_cases: frozenset[str]
    identifying: frozenset[str]  # what no mini-app may learn: who its citizen is


async def a_world(*, now: datetime = NOON) -> World:
    """Build it; everything in it is done by the verbs that do it in life."""
    objects.configure(some_settings().objects)  # signs forms; nothing is asked of a server
    item = an_item()
    await a_town(an_item(materials=(*item.materials, PHOTO)))
    actors = {"visitor": ANONYMOUS} | {
        "owner": await _enter("wang_fang", now),
        "other": await _enter("li_wei", now),
        **{name: await _staff(*post, now=now) for name, post in STAFF.items()},
    }
    owner = actors["owner"]
    actors |= {
        "minimal": replace(owner, app_id=OWN_APP, scopes=frozenset({Scope.CASES_READ})),
        "app": replace(owner, app_id=OWN_APP, scopes=GRANTABLE),
        "other app": replace(owner, app_id=OTHER_APP, scopes=GRANTABLE),
    }
    actors |= await _delegates(actors, now)
    things = await _wallet(actors, now) | await _notices(owner, now)
    of_cases = await _cases(actors, now)
    private = things | of_cases | {"session": str(owner.session_id), "person": str(owner.person_id)}
    private["passkey"] = await _passkey(owner, now)
    private |= await objected(owner, now) | await exported(owner, now)
    relations = await _relations(actors, now)
    private |= {name: relations[name] for name in ("mandate", "nod", "team", "membership")}
    public = await _catalogue(actors, now) | {
        "proposal": relations["proposal"],  # known to the other, who made it
        "post": await _post(actors["auditor"]), "post of security": await _post(actors["security"]),
        "number of security": BY_KEY["security"].number,
    }  # fmt: skip
    who = BY_KEY["wang_fang"]
    return World(
        actors=actors,
        things=private | public,
        personal=frozenset(private.values()),
        of_cases=frozenset(of_cases.values()),
        identifying=frozenset({str(owner.person_id), who.number, who.name, str(who.phone)}),
    )


async def _delegates(actors: dict[str, Actor], now: datetime) -> dict[str, Actor]:
    """An agent who may do all that can be given, one for another item only, and one whose time is over."""
    return {
        "agent": await _agent(actors["owner"], "shen_yun", now),
        "narrow agent": await _agent(actors["owner"], "xu_ning", now, codes=[OTHER_CODE]),
        "former agent": await _agent(actors["owner"], "lin_hai", now, over=True),
    }


async def _relations(actors: dict[str, Actor], now: datetime) -> dict[str, str]:
    """A mandate the owner gave, one proposed to him, what a village agent asks him, and a team of his."""
    owner, who = actors["owner"], BY_KEY["wang_fang"]
    asked = Proposal(
        number=who.number, name=who.name, scopes=[Scope.CASES_READ], until=now + timedelta(days=9)
    )
    proposal = await mandates.propose(actors["other"], Side.DELEGATE, asked, now=now)
    given = actors["agent"].delegation_id
    assert given is not None
    question = Nod(
        party_id=owner.person_id, mandate_id=given, act="case.submit", object="case/1", fingerprint="f",
        asked_at=now,
    )  # fmt: skip
    await question.save()
    team = await teams.create(owner, "星河小组", now=now)
    [membership] = await teams.of_person(owner)
    return {
        "mandate": str(given), "proposal": str(proposal.id), "nod": str(question.id), "team": str(team.id),
        "membership": str(membership.id),
    }  # fmt: skip


async def _agent(
    owner: Actor, persona: str, now: datetime, *, codes: list[str] | None = None, over: bool = False
) -> Actor:
    """A person acting by the owner's mandate; when it is over he is left with what he is himself."""
    who, given = BY_KEY[persona], mandates.NARROWABLE if codes else mandates.DELEGABLE
    delegate = await _enter(persona, now)
    proposal = Proposal(
        number=who.number, name=who.name, scopes=given, codes=codes, until=now + timedelta(days=30)
    )
    held = await mandates.propose(owner, Side.PRINCIPAL, proposal, now=now)
    await mandates.accept(delegate, held.id, now=now)
    if over:
        await execute("UPDATE mandate SET state = 'expired', expires_at = $2 WHERE id = $1", held.id, now)
        return delegate
    return await _enter(persona, now, acting_as=f"mandate:{held.id}")


async def _enter(persona: str, now: datetime, acting_as: str = "citizen") -> Actor:
    proof = proof_of(BY_KEY[persona], now=now)
    person: Person = await people.ensure(proof, now=now)
    token, *_ = await opening.open(proof, person, acting_as=acting_as, device="测试", now=now)
    actor = await accounts.actor_of(token, now=now)
    assert actor is not None
    return replace(actor, region=XIHU)


async def _staff(persona: str, role: Role, agency: str, *, now: datetime) -> Actor:
    person = await people.ensure(proof_of(BY_KEY[persona], now=now), now=now)
    await people.appoint(person.id, await a_department(agency, XIHU), role, XIHU, now=now)
    return await _enter(persona, now, acting_as=role)


async def _post(actor: Actor) -> str:
    [post] = await people.posts_of(actor.person_id)
    return str(post.id)


async def _passkey(owner: Actor, now: datetime) -> str:
    row = Passkey(
        party_id=owner.person_id, credential_id=b"c" * 32, public_key=b"k", sign_count=0, level=3,
        name="手机", is_synced=False, created_at=now,
    )  # fmt: skip
    await row.save()
    return str(row.id)


async def _wallet(actors: dict[str, Actor], now: datetime) -> dict[str, str]:
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


async def _notices(owner: Actor, now: datetime) -> dict[str, str]:
    for key, app_id in (("plain", None), ("in app", OWN_APP)):
        await notices.tell(
            owner.acting_for, kind="case.tested", title="题", body="文", key=key, app_id=app_id, now=now
        )
    rows = {row.key: str(row.id) for row in await Notice.objects()}
    return {"notice": rows["plain"], "app notice": rows["in app"]}


async def _cases(actors: dict[str, Actor], now: datetime) -> dict[str, str]:
    """One case in each state that some verb needs, all opened in the owner's mini-app."""
    clerk = actors["competent"]
    names = ("draft", "submitted", "correcting", "accepted", "paused", "decided", "completed")
    made = {name: await _opened(actors["app"], now) for name in names}
    for name in names[1:]:
        await cases.submit(actors["owner"], made[name].id, idempotency_key=new_id().hex, now=now)
    for name in names[3:]:
        await cases.accept(clerk, made[name].id, now=now)
    await cases.ask_correction(clerk, made["correcting"].id, [Defect("address", "请写门牌号")], now=now)
    await cases.pause(clerk, made["paused"].id, Procedure.TESTING, notice="检测", now=now)
    for name in names[5:]:
        await cases.decide(clerk, made[name].id, Outcome.REFUSED, reason="不符合条件", now=now)
    await cases.complete(clerk, made["completed"].id, now=now)
    await trips.judge(made["completed"].id, now=now)
    submitted = await Case.objects().get(Case.id == made["submitted"].id)
    assert submitted is not None
    return {name: str(case.id) for name, case in made.items()} | {"number": str(submitted.number)}


async def _opened(citizen: Actor, now: datetime) -> Case:
    draft = Draft(code=CODE, content=CONTENT, delivery=Delivery.WINDOW)
    return await cases.open_draft(citizen, draft, idempotency_key=new_id().hex, now=now)


async def _catalogue(actors: dict[str, Actor], now: datetime) -> dict[str, str]:
    developer, operator = actors["developer"], actors["operator"]
    for app_id in (OWN_APP, OTHER_APP):
        await make_released(developer, operator, now, id=app_id)
    waiting = await catalog.submit(developer, a_manifest(id=NEW_APP), now=now)
    await catalog.submit(replace(developer, person_id=new_id()), a_manifest(id=FOREIGN_APP), now=now)
    spare = await _draft_item(now)
    return {
        "app version": str(waiting.id), "item version": str(spare.id),
        "department": str(actors["elsewhere"].acting_for),
    }  # fmt: skip


async def _draft_item(now: datetime) -> ItemVersion:
    """An item text that waits for somebody to publish it."""
    spare = an_item(code=SPARE)
    row = Item(code=spare.code, name=spare.name, agency=spare.agency)
    await row.save()
    version = ItemVersion(
        item=row.id, number=1, state="draft", text="-", digest=new_id().hex,
        compiled=msgspec.json.encode(spare).decode(), defined_by=new_id(), defined_at=now,
    )  # fmt: skip
    await version.save()
    return version
