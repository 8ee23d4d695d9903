"""Reads for the verbs themselves: uploads and sealed files, and what was noted before."""

from uuid import UUID

from banshi.errors import NotFound
from identity.actor import Actor
from identity.visibility import where
from miniapps.materials.queries._visible import UPLOAD
from miniapps.materials.tables import Certificate, MaterialUse, MaterialVersion, Upload, VaultObject
from storage.db import fetch


async def certificate_of_case(party_id: UUID, case_id: UUID, kind: str) -> Certificate | None:
    """Return what a case has already issued, for the verb that issues."""
    return (
        await Certificate.objects()
        .where(Certificate.party_id == party_id, Certificate.case_id == case_id, Certificate.kind == kind)
        .first()
    )


async def use_of(party_id: UUID, holding_id: UUID, case_id: UUID, department_id: UUID | None) -> MaterialUse:
    """Return the receipt of a use that was noted before, for the verb that writes receipts."""
    query = MaterialUse.objects().where(
        MaterialUse.party_id == party_id, MaterialUse.holding_id == holding_id, MaterialUse.case_id == case_id
    )
    of_department = (
        MaterialUse.department_id.is_null()
        if department_id is None
        else MaterialUse.department_id == department_id
    )
    found = await query.where(of_department).first()
    assert found is not None, "receipts are never deleted"
    return found


async def upload(actor: Actor, upload_id: UUID, *, lock: bool = False) -> Upload:
    """Return an upload of the actor's party.  Raises NotFound, also when it is somebody else's."""
    query = Upload.objects().where(where(UPLOAD, actor), Upload.id == upload_id)
    found = await (query.lock_rows() if lock else query).first()
    if found is None:
        raise NotFound(what="upload", id=upload_id)
    return found


async def upload_by_key(party_id: UUID, idempotency_key: str) -> Upload | None:
    """Return the upload a key was first used for."""
    return (
        await Upload.objects()
        .where(Upload.party_id == party_id, Upload.idempotency_key == idempotency_key)
        .first()
    )


async def under_way(party_id: UUID, idempotency_key: str) -> tuple[int, bool]:
    """Return how many uploads of a party have neither ended nor lapsed; and whether a key was used."""
    rows = await fetch(
        "SELECT count(*) AS n,"
        " EXISTS (SELECT FROM material_upload WHERE party_id = $1 AND idempotency_key = $2) AS used"
        " FROM material_upload WHERE party_id = $1 AND state IN ('requested', 'checking')",
        party_id, idempotency_key,
    )  # fmt: skip
    return rows[0]["n"], rows[0]["used"]


async def lock_object(object_id: UUID) -> VaultObject:
    """Return a sealed file's row, locked until the transaction ends."""
    found = await VaultObject.objects().where(VaultObject.id == object_id).lock_rows().first()
    assert found is not None, "versions point at rows that are never deleted"
    return found


async def lock_object_by_fingerprint(party_id: UUID, fingerprint: bytes) -> VaultObject:
    """Return the row of a party's bytes, locked until the transaction ends; it was stored before."""
    query = VaultObject.objects().where(
        VaultObject.party_id == party_id, VaultObject.fingerprint == bytes(fingerprint)
    )
    found = await query.lock_rows().first()
    assert found is not None, "the caller has stored it"
    return found


async def object_of(version: MaterialVersion) -> VaultObject:
    """Return the sealed file of a version that the actor was let to see."""
    found = await VaultObject.objects().where(VaultObject.id == version.object).first()
    assert found is not None, "versions point at rows that are never deleted"
    return found


async def newest_version(material_id: UUID) -> MaterialVersion | None:
    """Return the last version of a material, for the verb that adds the next."""
    query = MaterialVersion.objects().where(MaterialVersion.material == material_id)
    return await query.order_by(MaterialVersion.number, ascending=False).first()


async def shown_objects(material_id: UUID) -> list[UUID]:
    """Return the ids of the sealed files that only this material's versions still show, in order."""
    rows = await fetch(
        "SELECT DISTINCT v.object FROM material_version v WHERE v.material = $1 AND NOT EXISTS ("
        " SELECT 1 FROM material_version o JOIN material m ON m.id = o.material"
        " WHERE o.party_id = v.party_id AND o.object = v.object"
        " AND o.material <> v.material AND NOT m.hidden)"
        " ORDER BY 1",
        material_id,
    )  # fmt: skip
    return [UUID(str(row["object"])) for row in rows]
