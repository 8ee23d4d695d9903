"""Reads of the wallet.  Every query for somebody starts from what he may see (`identity.visibility`)."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from piccolo.columns.combination import WhereRaw
from piccolo.query.methods.objects import Objects

from banshi.errors import NotFound
from identity.actor import Actor
from identity.roles import Role
from identity.visibility import Holds, Same, Visibility, where
from miniapps.materials.rules import IDENTITY_KIND, CertificateState, Holding, Source, Trust, best
from miniapps.materials.tables import Certificate, Material, MaterialUse, MaterialVersion, Upload, VaultObject
from storage.db import fetch
from storage.paging import Page, page

IDENTITY_TITLE = "居民身份证(实名登录)"

MATERIAL: Visibility = ((Same(Material.party_id, "acting_for"),),)
VERSION: Visibility = ((Same(MaterialVersion.party_id, "acting_for"),),)
UPLOAD: Visibility = ((Same(Upload.party_id, "acting_for"),),)
CERTIFICATE: Visibility = (
    (Same(Certificate.party_id, "acting_for"),),
    (Holds(Role.CLERK), Same(Certificate.issuer_id, "acting_for")),
)
USE: Visibility = (
    (Same(MaterialUse.party_id, "acting_for"),),
    (Holds(Role.CLERK), Same(MaterialUse.department_id, "acting_for")),
)


async def holdings(actor: Actor, party_id: UUID, kinds: Collection[str], *, on: date) -> dict[str, Holding]:
    """Return the best holding of each of `kinds` good on the local date `on`; a kind not held is absent.

    Order: the sign-in itself for the ID card, then a certificate, then the wallet by trust and newness.
    Two statements, however many kinds.  A wallet the actor may not see is simply empty.
    """
    wanted = sorted(set(kinds))
    if not wanted:
        return {}
    certificates = await _certificates(actor, party_id, wanted, on)
    files = await _files(actor, party_id, wanted)
    return best([*_signed_in(actor, wanted), *certificates, *files])


def _signed_in(actor: Actor, kinds: Collection[str]) -> list[Holding]:
    """A real-name sign-in (level 2 or 3) of a citizen stands for his ID card."""
    if IDENTITY_KIND not in kinds or not actor.is_a(Role.CITIZEN) or actor.level < 2:
        return []
    return [
        Holding(
            source=Source.IDENTITY, id=actor.person_id, kind=IDENTITY_KIND, title=IDENTITY_TITLE,
            trust=Trust.A, valid_until=None, electronic=True,
        )
    ]  # fmt: skip


async def _certificates(actor: Actor, party_id: UUID, kinds: list[str], on: date) -> list[Holding]:
    table = Certificate
    rows = (
        await table.select(table.id, table.kind, table.title, table.valid_until)
        .where(
            where(CERTIFICATE, actor),
            table.party_id == party_id,
            WhereRaw("certificate.kind = ANY({})", kinds),
            table.state == CertificateState.NORMAL,
            WhereRaw("(certificate.valid_until IS NULL OR certificate.valid_until >= {})", on),
        )
        .order_by(table.issued_on, table.id, ascending=False)
    )
    return [Holding(source=Source.CERTIFICATE, trust=Trust.A, electronic=True, **row) for row in rows]


NEWEST = WhereRaw(
    "NOT EXISTS (SELECT FROM material_version newer WHERE newer.party_id = material_version.party_id"
    " AND newer.material = material_version.material AND newer.number > material_version.number)"
)
"""Only the last version of a material is offered; older ones live on in the cases that use them."""


async def _files(actor: Actor, party_id: UUID, kinds: list[str]) -> list[Holding]:
    table = MaterialVersion
    kind, title = table.material.kind, table.material.title
    rows = (
        await table.select(table.id, table.trust, kind.as_alias("kind"), title.as_alias("title"))
        .where(
            where(VERSION, actor),
            table.party_id == party_id,
            WhereRaw("{} = ANY({})", kind, kinds),
            table.material.hidden.eq(False),
            NEWEST,
        )
        .order_by(table.trust)
        .order_by(table.id, ascending=False)
    )
    return [_file(row["id"], row["kind"], row["title"], row["trust"]) for row in rows]


def _file(id_: UUID, kind: str, title: str, trust: str) -> Holding:
    return Holding(
        source=Source.WALLET, id=id_, kind=kind, title=title, trust=Trust(trust), valid_until=None,
        electronic=True,
    )  # fmt: skip


async def materials_page(actor: Actor, *, first: int, after: UUID | None) -> Page[Material]:
    """Return the materials in the actor's wallet, newest first; removed ones are not shown."""
    mine = Material.objects().where(where(MATERIAL, actor), Material.hidden.eq(False))
    return await page(mine, Material.id, first=first, after=after)


async def certificates_page(actor: Actor, *, first: int, after: UUID | None) -> Page[Certificate]:
    """Return the certificates the actor may see, newest first, with revoked and expired ones."""
    mine = Certificate.objects().where(where(CERTIFICATE, actor))
    return await page(mine, Certificate.id, first=first, after=after)


async def uses_page(actor: Actor, *, first: int, after: UUID | None) -> Page[MaterialUse]:
    """Return the receipts the actor may see, newest first."""
    mine = MaterialUse.objects().where(where(USE, actor))
    return await page(mine, MaterialUse.id, first=first, after=after)


async def material(actor: Actor, material_id: UUID, *, lock: bool = False) -> Material:
    """Return a material of the actor's wallet.  Raises NotFound, also when it is somebody else's."""
    query = Material.objects().where(where(MATERIAL, actor), Material.id == material_id)
    found = await (query.lock_rows() if lock else query).first()
    if found is None:
        raise NotFound(what="material", id=material_id)
    return found


async def version(actor: Actor, version_id: UUID) -> MaterialVersion:
    """Return a version, with its `material`, of the actor's wallet.  Raises NotFound, also when foreign."""
    found = await _with_material().where(where(VERSION, actor), MaterialVersion.id == version_id).first()
    if found is None:
        raise NotFound(what="material", id=version_id)
    return found


async def readable(
    actor: Actor, version_id: UUID, *, now: datetime, lock: bool = False
) -> tuple[MaterialVersion, UUID | None]:
    """Return a version the actor may open, and the receipt that lets him (None: it is his own).

    A clerk sees what a case of his department uses, while the receipt's `until` lasts.
    Raises NotFound otherwise.
    """
    found = await _version_query(version_id, lock=lock).where(where(VERSION, actor)).first()
    if found is not None:
        return found, None
    use = await _current_use(actor, version_id, now)
    found = await _version_query(version_id, lock=lock).first() if use else None
    if use is None or found is None:
        raise NotFound(what="material", id=version_id)
    return found, use.id


async def _current_use(actor: Actor, version_id: UUID, now: datetime) -> MaterialUse | None:
    query = MaterialUse.objects().where(
        where(USE, actor),
        MaterialUse.holding_id == version_id,
        MaterialUse.source == Source.WALLET,
        MaterialUse.until >= now,
    )
    return await query.order_by(MaterialUse.id, ascending=False).first()


def _version_query(version_id: UUID, *, lock: bool) -> Objects[MaterialVersion]:
    query = _with_material().where(MaterialVersion.id == version_id)
    return query.lock_rows("UPDATE", of=(MaterialVersion,)) if lock else query


def _with_material() -> Objects[MaterialVersion]:
    return MaterialVersion.objects(MaterialVersion.material)


async def newest_versions(actor: Actor, material_ids: Sequence[UUID]) -> dict[UUID, MaterialVersion]:
    """Return the last version of each material, by the material's id: one statement."""
    rows = await MaterialVersion.objects(MaterialVersion.object).where(
        where(VERSION, actor), WhereRaw("material_version.material = ANY({})", list(material_ids)), NEWEST
    )
    return {row.material: row for row in rows}


async def versions_by_ids(actor: Actor, version_ids: Sequence[UUID]) -> dict[UUID, MaterialVersion]:
    """Return the versions with these ids that the actor's wallet holds, with their `material`."""
    rows = await _with_material().where(
        where(VERSION, actor), WhereRaw("material_version.id = ANY({})", list(version_ids))
    )
    return {row.id: row for row in rows}


async def certificates_by_ids(actor: Actor, certificate_ids: Sequence[UUID]) -> dict[UUID, Certificate]:
    """Return the certificates with these ids that the actor may see."""
    rows = await Certificate.objects().where(
        where(CERTIFICATE, actor), WhereRaw("certificate.id = ANY({})", list(certificate_ids))
    )
    return {row.id: row for row in rows}


async def certificate(actor: Actor, certificate_id: UUID, *, lock: bool = False) -> Certificate:
    """Return a certificate.  Raises NotFound, also when the actor may not see it."""
    query = Certificate.objects().where(where(CERTIFICATE, actor), Certificate.id == certificate_id)
    found = await (query.lock_rows() if lock else query).first()
    if found is None:
        raise NotFound(what="certificate", id=certificate_id)
    return found


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
