"""Reads of materials, their versions, certificates and receipts, each for somebody."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from piccolo.columns.combination import WhereRaw
from piccolo.query.methods.objects import Objects

from banshi.errors import NotFound
from identity.actor import Actor
from identity.visibility import where
from miniapps.materials.queries._visible import (
    CERTIFICATE,
    CERTIFICATE_NEEDED,
    MATERIAL,
    NEWEST,
    USE,
    USE_THROUGH_APP,
    VERSION,
    VERSION_NEEDED,
)
from miniapps.materials.rules import Source
from miniapps.materials.tables import Certificate, Material, MaterialUse, MaterialVersion
from storage.paging import Page, page


async def materials_page(actor: Actor, *, first: int, after: UUID | None) -> Page[Material]:
    """Return the materials in the actor's wallet, newest first; removed ones are not shown."""
    mine = Material.objects().where(where(MATERIAL, actor), Material.hidden.eq(False))
    return await page(mine, Material.id, first=first, after=after)


async def certificates_page(actor: Actor, *, first: int, after: UUID | None) -> Page[Certificate]:
    """Return the certificates the actor may see, newest first, with revoked and expired ones."""
    mine = Certificate.objects().where(where(CERTIFICATE, actor))
    return await page(mine, Certificate.id, first=first, after=after)


async def uses_page(actor: Actor, *, first: int, after: UUID | None) -> Page[MaterialUse]:
    """Return the receipts the actor may see, newest first; a mini-app those of its own doing."""
    rule = USE if actor.app_id is None else USE_THROUGH_APP
    mine = MaterialUse.objects().where(where(rule, actor))
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


async def used_version(actor: Actor, version_id: UUID) -> MaterialVersion:
    """Return a version that a case of the actor's may use: of the wallet that he sees or that his items need.

    Raises NotFound.
    """
    found = (
        await _with_material().where(where(VERSION_NEEDED, actor), MaterialVersion.id == version_id).first()
    )
    if found is None:
        raise NotFound(what="material", id=version_id)
    return found


async def used_certificate(actor: Actor, certificate_id: UUID) -> Certificate:
    """Return a certificate that a case of the actor's may use, as `used_version` does.  Raises NotFound."""
    mine = where(CERTIFICATE_NEEDED, actor)
    found = await Certificate.objects().where(mine, Certificate.id == certificate_id).first()
    if found is None:
        raise NotFound(what="certificate", id=certificate_id)
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
    use = await _current_use(actor, version_id, Source.WALLET, now)
    found = await _version_query(version_id, lock=lock).first() if use else None
    if use is None or found is None:
        raise NotFound(what="material", id=version_id)
    return found, use.id


async def _current_use(actor: Actor, holding_id: UUID, source: Source, now: datetime) -> MaterialUse | None:
    query = MaterialUse.objects().where(
        where(USE, actor),
        MaterialUse.holding_id == holding_id,
        MaterialUse.source == source,
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
    """Return the versions with these ids that the actor's wallet holds, with their `object`."""
    rows = await MaterialVersion.objects(MaterialVersion.object).where(
        where(VERSION, actor), WhereRaw("material_version.id = ANY({})", list(version_ids))
    )
    return {row.id: row for row in rows}


async def readable_certificate(actor: Actor, certificate_id: UUID, *, now: datetime) -> Certificate:
    """Return a certificate for a clerk: his department issued it, or a case of it uses it now.

    Raises NotFound otherwise.
    """
    found = await Certificate.objects().where(Certificate.id == certificate_id).first()
    is_open = found is not None and (
        actor.acting_for in (found.party_id, found.issuer_id)
        or await _current_use(actor, certificate_id, Source.CERTIFICATE, now) is not None
    )
    if found is None or not is_open:
        raise NotFound(what="certificate", id=certificate_id)
    return found


async def certificate(actor: Actor, certificate_id: UUID, *, lock: bool = False) -> Certificate:
    """Return a certificate.  Raises NotFound, also when the actor may not see it."""
    query = Certificate.objects().where(where(CERTIFICATE, actor), Certificate.id == certificate_id)
    found = await (query.lock_rows() if lock else query).first()
    if found is None:
        raise NotFound(what="certificate", id=certificate_id)
    return found
