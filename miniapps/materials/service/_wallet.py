"""What a citizen and a clerk may do with a material that is in the wallet."""

from datetime import datetime
from uuid import UUID

from banshi.errors import NotFound
from identity import audit
from identity.actor import Actor
from identity.roles import Role
from miniapps.materials import queries
from miniapps.materials.errors import AlreadyVerified, OwnMaterial
from miniapps.materials.events import MaterialErased
from miniapps.materials.rules import EVIDENCE_LENGTH, ObjectState, Trust, bounded
from miniapps.materials.tables import Material, MaterialVersion
from storage.db import execute, transaction
from storage.outbox import emit


async def remove_material(actor: Actor, material_id: UUID, *, now: datetime) -> Material:
    """Take a material out of the wallet.  Twice is once.

    Its bytes become unreadable at once, their key is dropped, unless another material shows them;
    what a case has used stays readable for the archive, and only for it.
    Raises NotFound, also when it is somebody else's.
    """
    async with transaction():
        material = await queries.material(actor, material_id, lock=True)
        if material.hidden:
            return material
        material.hidden = True
        await material.save([Material.hidden])
        for object_id in await queries.shown_objects(material_id):
            await _drop_citizen_key(object_id, now)
        await audit.record(
            actor, "material.remove", f"material/{material_id}", now=now, party_id=material.party_id
        )
    return material


async def _drop_citizen_key(object_id: UUID, now: datetime) -> None:
    stored = await queries.lock_object(object_id)
    state = ObjectState.ERASED if stored.archive_key is None else ObjectState(stored.state)
    await execute("UPDATE vault_object SET citizen_key = NULL, state = $2 WHERE id = $1", object_id, state)
    if state is ObjectState.ERASED:
        await emit(MaterialErased(party_id=stored.party_id, object_id=stored.id, at=now), now=now)


async def verify_original(actor: Actor, version_id: UUID, *, evidence: str, now: datetime) -> MaterialVersion:
    """Raise an upload from level C to B: a clerk has compared it with the original at his window.

    Shape: `evidence` 1–200 characters, what was shown and how it was compared; the same clerk's second
        call with the same words changes nothing.
    Raises:
        NotFound: no such material in a case of the clerk's department.
        OwnMaterial: it is the clerk's own.
        AlreadyVerified: it is not of level C.
        InvalidInput: no words, or too many.
    Source: 国办函〔2016〕108号.
    """
    words = bounded(evidence, field="evidence", longest=EVIDENCE_LENGTH)
    if not actor.is_a(Role.CLERK):
        raise NotFound(what="material", id=version_id)
    async with transaction():
        version, use_id = await queries.readable(actor, version_id, now=now, lock=True)
        if (version.verified_by, version.evidence) == (actor.person_id, words):
            return version
        if actor.person_id in (version.party_id, version.created_by):
            raise OwnMaterial()
        if version.trust != Trust.C:
            raise AlreadyVerified(trust=version.trust)
        version.trust, version.evidence = Trust.B, words
        version.verified_by, version.verified_for, version.verified_at = (
            actor.person_id,
            actor.acting_for,
            now,
        )
        changed = MaterialVersion
        await version.save(
            [changed.trust, changed.evidence, changed.verified_by, changed.verified_for, changed.verified_at]
        )
        await audit.record(
            actor, "material.verify", f"version/{version_id}", f"use/{use_id}", now=now,
            party_id=version.party_id,
        )  # fmt: skip
    return version
