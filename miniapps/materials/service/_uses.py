"""Receipts: each use of a material is written down for its owner."""

from datetime import datetime
from uuid import UUID

from banshi.errors import NotFound
from identity import audit
from identity.actor import Actor
from miniapps.materials import queries
from miniapps.materials.rules import IDENTITY_KIND, PURPOSE_LENGTH, Source, bounded
from miniapps.materials.service import _keys
from miniapps.materials.tables import MaterialUse, MaterialVersion
from storage.db import transaction


async def record_use(
    actor: Actor,
    *,
    party_id: UUID,
    holding_id: UUID,
    source: Source,
    case_id: UUID,
    purpose: str,
    until: datetime,
    now: datetime,
    department_id: UUID | None = None,
    basis: str | None = None,
) -> MaterialUse:
    """Write the receipt of one use (用证记录) and keep a wallet file readable for the archive.

    Shape: `holding_id` and `source` as `queries.holdings` gave them; `purpose` 1–200 characters (用证事由);
        until `until` the staff of `department_id` may look; `basis` is the norm that allows the use.
    Idempotent per holding, case and department: a second call answers the first receipt.
    Raises:
        NotFound: the party does not hold it, or the actor may not see it.
        InvalidInput: no purpose, or too long a one.
    """
    purpose = bounded(purpose, field="purpose", longest=PURPOSE_LENGTH)
    async with transaction():
        kind, title = await _held(actor, party_id, holding_id, source)
        use = MaterialUse(
            party_id=party_id, source=source, holding_id=holding_id, kind=kind, title=title, case_id=case_id,
            used_by=actor.person_id, department_id=department_id, app_id=actor.app_id,
            purpose=purpose, basis=basis, until=until, used_at=now,
        )  # fmt: skip
        if not await MaterialUse.insert(use).on_conflict(action="DO NOTHING"):
            return await queries.use_of(party_id, holding_id, case_id, department_id)
        await audit.record(
            actor, "material.use", f"{source}/{holding_id}", basis or purpose, now=now, party_id=party_id
        )
    return use


async def _held(actor: Actor, party_id: UUID, holding_id: UUID, source: Source) -> tuple[str, str]:
    """Return kind and title of what is used; a wallet file gets its archive key on the way."""
    if source is Source.CERTIFICATE:
        certificate = await queries.used_certificate(actor, holding_id)
        if certificate.party_id == party_id:
            return certificate.kind, certificate.title
    elif source is Source.WALLET:
        version = await queries.used_version(actor, holding_id)
        if version.party_id == party_id:
            await _keep(version)
            return version.material.kind, version.material.title
    elif source is Source.IDENTITY and holding_id in (actor.person_id, party_id):
        return IDENTITY_KIND, queries.IDENTITY_TITLE
    raise NotFound(what="material", id=holding_id)


async def _keep(version: MaterialVersion) -> None:
    """Let the archive read the file.  One that was erased meanwhile is as if it had never been."""
    stored = await queries.lock_object(version.object)
    if stored.citizen_key is None and stored.archive_key is None:
        raise NotFound(what="material", id=version.id)
    await _keys.archive(stored)
