"""Receipts for a statement that writes them together with what the materials are used for.

`record_use` is the verb; this is the same in two halves.  `prepare` reads and seals, the fragments
of SQL look again and write.  They stand in a statement with these items of FROM: `asked` and `received`
(`member`, `party_id`, …) and `receipt` (`member` and the columns of Receipt).
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from banshi.errors import NotFound
from miniapps.materials.queries import WalletFile
from miniapps.materials.rules import PURPOSE_LENGTH, Holding, Source, bounded
from miniapps.materials.service import _keys
from miniapps.materials.tables import VaultObject
from storage.ids import new_id


class Receipt(NamedTuple):
    """The values of one use about to be written, but for whose, for which case and by whom."""

    id: UUID
    source: str
    holding_id: UUID
    kind: str
    title: str
    purpose: str
    until: datetime
    object_id: UUID | None  # a file that the archive cannot read yet
    citizen_key: bytes | None  # its key as it was read
    archive_key: bytes | None  # and wrapped once more, for the archive


STILL_HELD = """receipt.source = 'identity'
  OR receipt.source = 'certificate' AND EXISTS (
    SELECT FROM certificate WHERE certificate.id = receipt.holding_id
      AND certificate.party_id = asked.party_id AND certificate.state = 'normal')
  OR receipt.source = 'wallet' AND EXISTS (
    SELECT FROM material_version AS version JOIN material ON material.id = version.material
    WHERE version.id = receipt.holding_id AND version.party_id = asked.party_id AND NOT material.hidden)"""
"""Condition on a receipt: the party still holds what was chosen."""

FILES = """SELECT receipt.member, receipt.id, receipt.archive_key, stored.id AS object_id
  FROM asked JOIN receipt USING (member)
  JOIN vault_object AS stored ON stored.id = receipt.object_id AND stored.party_id = asked.party_id
  WHERE stored.citizen_key = receipt.citizen_key AND stored.archive_key IS NULL
  FOR NO KEY UPDATE OF stored SKIP LOCKED"""
"""Locks the files that the archive is to read; one that was erased or archived meanwhile is missing."""

KEEP = """UPDATE vault_object AS stored SET archive_key = file.archive_key
  FROM file JOIN received USING (member) WHERE stored.id = file.object_id"""
"""Lets the archive read the files that FILES has locked as `file`."""

INSERT = """INSERT INTO material_use (id, party_id, source, holding_id, kind, title, case_id, used_by,
    department_id, app_id, purpose, basis, until, used_at)
  SELECT receipt.id, received.party_id, receipt.source, receipt.holding_id, receipt.kind, receipt.title,
    received.case_id, received.person_id, received.department_id, received.app_id, receipt.purpose, NULL,
    receipt.until, received.at
  FROM receipt JOIN received USING (member)"""


class Prepared(NamedTuple):
    """Receipts about to be written, by holding, and which files of the wallet some case has used before."""

    receipts: dict[UUID, Receipt]
    used: set[UUID]


async def prepare(
    party_id: UUID,
    holdings: Iterable[Holding],
    files: Mapping[UUID, WalletFile],
    *,
    purpose: str,
    until: datetime,
) -> Prepared:
    """Prepare a receipt for each of `holdings`, once each; `files` are those of the wallet, by version.

    Both as a statement with `queries.held` gave them to the party.
    Raises: NotFound for a file that was erased; InvalidInput for no purpose, or too long a one.
    """
    purpose = bounded(purpose, field="purpose", longest=PURPOSE_LENGTH)
    once = {holding.id: holding for holding in holdings}
    receipts = {
        each.id: Receipt(
            new_id(), each.source, each.id, each.kind, each.title, purpose, until,
            *(await _to_keep(party_id, files[each.id]) if each.source is Source.WALLET else NOTHING),
        )
        for each in once.values()
    }  # fmt: skip
    return Prepared(receipts, {each for each in once if each in files and files[each].used})


NOTHING = (None, None, None)


async def _to_keep(party_id: UUID, file: WalletFile) -> tuple[UUID, bytes, bytes] | tuple[None, None, None]:
    """Return which file the archive cannot read yet, its key as read, and as the archive is to have it."""
    if file.archive_key is not None:
        return NOTHING
    if file.citizen_key is None:
        raise NotFound(what="material", id=file.id)
    stored = VaultObject(id=file.id, party_id=party_id, citizen_key=file.citizen_key, archive_key=None)
    return file.id, file.citizen_key, await _keys.for_archive(stored)
