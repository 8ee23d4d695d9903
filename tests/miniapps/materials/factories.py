"""People with wallets, and files on their way into them."""

import hashlib
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx

from identity.actor import WORKER, Actor
from identity.departments import Department
from identity.numbers import with_credit_check
from identity.roles import SCOPES, Role
from miniapps.materials import service
from miniapps.materials.events import MaterialUploaded
from miniapps.materials.rules import Source
from miniapps.materials.service import UploadForm
from miniapps.materials.tables import Certificate, MaterialUse, MaterialVersion, Upload
from miniapps.materials.tasks import check_upload
from storage import objects, seal
from storage.db import execute
from storage.ids import new_id
from tests.storage.inspection import files

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)  # a Friday, 12:00 in Shanghai
LATER = NOON + timedelta(minutes=1)
TODAY = date(2026, 11, 20)
PDF = "application/pdf"


def an_actor(role: Role, **rest: Any) -> Actor:
    person = new_id()
    given = {"acting_for": person, "level": 3, "session_id": new_id()} | rest
    return Actor(person_id=person, roles=frozenset({role}), scopes=SCOPES[role], **given)


def a_citizen(**rest: Any) -> Actor:
    return an_actor(Role.CITIZEN, **rest)


def a_clerk(department_id: UUID | None = None) -> Actor:
    return an_actor(Role.CLERK, acting_for=department_id or new_id())


async def a_department(name: str = "杭州市上城区公安局") -> Department:
    code = with_credit_check(f"11330102{new_id().int % 10**9:09d}")
    made = Department(code=code, agency="public_security", name=name, region=f"33{new_id().int % 10**4:04d}")
    await made.save()
    return made


async def request(citizen: Actor, data: bytes, **changed: Any) -> UploadForm:
    given: dict[str, Any] = {
        "kind": "lease_contract",
        "title": "租房合同",
        "media_type": PDF,
        "size": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "idempotency_key": new_id().hex,
        "now": NOON,
    }
    return await service.request_upload(citizen, **(given | changed))


async def send(form: UploadForm, data: bytes) -> int:
    assert form.url is not None
    async with httpx.AsyncClient() as client:
        answer = await client.post(form.url, data=form.fields, files={"file": ("file", data)})
    return answer.status_code


async def sent(citizen: Actor, data: bytes | None = None, **changed: Any) -> Upload:
    """An upload whose file lies in quarantine and waits for the worker."""
    data = files.pdf() if data is None else data
    form = await request(citizen, data, **changed)
    assert await send(form, data) == 204
    return await service.complete_upload(citizen, form.upload.id, now=NOON)


async def checked(upload: Upload, now: datetime = LATER) -> Upload:
    """The upload after the worker has seen it."""
    await check_upload(MaterialUploaded(party_id=upload.party_id, upload_id=upload.id, at=NOON), now=now)
    found = await Upload.objects().where(Upload.id == upload.id).first()
    assert found is not None
    return found


async def given(citizen: Actor, data: bytes | None = None, **changed: Any) -> MaterialVersion:
    """A material that the citizen has given, as the worker leaves it; nothing was posted or inspected."""
    data = files.pdf() if data is None else data
    upload = (await request(citizen, data, **changed)).upload
    await execute("UPDATE material_upload SET state = 'checking' WHERE id = $1", upload.id)
    place = await service.reserve(upload, media_type=upload.media_type, size=len(data), now=NOON)
    await objects.put(place.path, b"".join(seal.encrypt_chunks([data], place.key, place.aad)))
    admitted = await service.admit(upload.id, place.object_id, now=LATER)
    version = await MaterialVersion.objects().where(MaterialVersion.id == admitted.version).first()
    assert version is not None
    return version


async def used(citizen: Actor, version: MaterialVersion, **changed: Any) -> MaterialUse:
    given: dict[str, Any] = {
        "party_id": version.party_id,
        "holding_id": version.id,
        "source": Source.WALLET,
        "case_id": new_id(),
        "purpose": "办理住房公积金租房提取",
        "until": NOON + timedelta(days=30),
        "now": NOON,
    }
    return await service.record_use(citizen, **(given | changed))


async def issued(party_id: UUID, department: Department, **changed: Any) -> Certificate:
    given: dict[str, Any] = {
        "party_id": party_id,
        "kind": "birth_certificate",
        "title": "出生医学证明",
        "facts": {"新生儿姓名": "小宝"},
        "valid_until": None,
        "case_id": new_id(),
        "now": NOON,
        "department_id": department.id,
    }
    return await service.issue_certificate(WORKER, **(given | changed))
