"""Links: every audit row gets a number and the hash of all before it, within a second, by one sealer.

Rows are committed by whoever acts, in any order: an older id, or an older transaction, may come to light
after a younger one.  So the sealer takes whatever is committed and has no link yet, and steps over only
what no running transaction can still add to: `audit_row.xid` is the transaction that wrote the row, and
below the oldest running one everything has come to light.
"""

import hashlib
from datetime import datetime
from itertools import pairwise
from typing import Any, NamedTuple
from uuid import UUID as Id

from piccolo.columns import UUID, BigInt, Bytea, SmallInt, Timestamptz
from piccolo.constraints import Check
from piccolo.table import Table

from storage.db import DB, execute, fetch, transaction
from storage.unnest import unnest

LOCK = 0x61756469  # of the one sealer
BATCH = 5000  # rows in one transaction
HASH_BYTES = 32
GENESIS = bytes(HASH_BYTES)  # what the first link follows
START = (0, Id(int=0))


class AuditLink(Table, db=DB, tablename="audit_link"):
    """The place of one audit row in the chain.  Links are only added, like the rows."""

    seq = BigInt(primary_key=True)  # 1, 2, 3, …
    row_id = UUID(unique=True)
    digest = Bytea()  # SHA-256 of the row's canonical bytes
    previous = Bytea()  # `value` of the link before; of the first: zeros
    sealed_at = Timestamptz()  # by the database's own clock, which no sandbox moves

    audit_link_hashes_are_whole = Check("octet_length(digest) = 32 AND octet_length(previous) = 32")


class AuditBoundary(Table, db=DB, tablename="audit_boundary"):
    """Where the sealer looks from: every row of an older transaction has its link.  A hint, one row."""

    id = SmallInt(primary_key=True)
    xid = BigInt()

    audit_boundary_is_one = Check("id = 1")


CANONICAL = (
    "record_send(ROW({a}.id, {a}.party_id, {a}.at, {a}.person_id, {a}.acting_for, {a}.roles, {a}.session_id,"
    " {a}.app_id, {a}.delegation_id, {a}.act, {a}.object, {a}.basis, {a}.xid))"
)
"""The bytes of a row that are hashed: PostgreSQL's binary form of its columns, each with type and length.

A column added later is not in them, or old digests would no longer agree.
"""

# One transaction id may stand on both sides of a restore into another cluster, whose counter is behind:
# then the boundary means nothing, and every row is looked at once.
STANDING = """
SELECT pg_try_advisory_xact_lock($1) AS mine, pg_snapshot_xmin(now_.it)::text::bigint AS settled,
       coalesce((SELECT xid FROM audit_boundary
                 WHERE xid < pg_snapshot_xmax(now_.it)::text::bigint), 0) AS boundary
FROM (SELECT pg_current_snapshot() AS it OFFSET 0) AS now_
"""
LAST = "SELECT seq, row_id, digest, previous, sealed_at FROM audit_link ORDER BY seq DESC LIMIT 1"
# The subquery keeps the planner from reading the whole chain for a handful of rows.
FRESH = f"""
SELECT a.id, {CANONICAL.format(a="a")} AS bytes, a.xid::text::bigint AS xid FROM audit_row a
WHERE a.xid >= $1::text::xid8 AND (a.xid > $2::text::xid8 OR a.id > $3)
  AND (SELECT 1 FROM audit_link l WHERE l.row_id = a.id) IS NULL
ORDER BY a.xid, a.id LIMIT $4
"""  # noqa: S608
ADD = (
    "INSERT INTO audit_link (seq, row_id, digest, previous, sealed_at)"  # noqa: S608
    f" SELECT * FROM {unnest('bigint', 'uuid', 'bytea', 'bytea', 'timestamptz')}"
)
MOVE = (
    "INSERT INTO audit_boundary (id, xid) VALUES (1, $1)"
    " ON CONFLICT (id) DO UPDATE SET xid = excluded.xid WHERE audit_boundary.xid <> excluded.xid"
)


class Link(NamedTuple):
    """One link, as it is stored."""

    seq: int
    row_id: Id
    digest: bytes
    previous: bytes
    sealed_at: datetime

    @property
    def value(self) -> bytes:
        """Return what the next link follows."""
        return value(self.previous, self.seq, self.row_id.bytes, self.digest, microseconds(self.sealed_at))


def value(previous: bytes, seq: int, row_id: bytes, digest: bytes, sealed_us: int) -> bytes:
    """Return SHA-256 over the 96 bytes of a link; `sealed_us` counts from 2000-01-01 UTC."""
    return hashlib.sha256(
        previous + seq.to_bytes(8) + row_id + digest + sealed_us.to_bytes(8, signed=True)
    ).digest()


EPOCH = datetime.fromisoformat("2000-01-01T00:00:00+00:00")


def microseconds(at: datetime) -> int:
    """Return the moment as PostgreSQL sends it: microseconds since 2000-01-01 UTC."""
    passed = at - EPOCH
    return (passed.days * 86_400 + passed.seconds) * 1_000_000 + passed.microseconds


async def seal(*, now: datetime) -> int:
    """Give every committed row that has none its link; return how many got one.

    Safe to run anywhere and often: whoever finds another at it leaves it to him.  `now` is not used.
    """
    sealed, place = 0, START
    while True:
        count, place = await _seal_batch(place)
        sealed += count
        if count < BATCH:
            return sealed


async def _seal_batch(place: tuple[int, Id]) -> tuple[int, tuple[int, Id]]:
    """Seal rows after `place`, a transaction and a row in it; return how many, and the last one's place.

    What comes to light before `place` meanwhile is for the next `seal`: the boundary does not pass it.
    """
    async with transaction():
        [standing] = await fetch(STANDING, LOCK)
        if not standing["mine"]:
            return 0, place
        lowest = max(standing["boundary"], place[0])
        fresh = await fetch(FRESH, str(lowest), str(place[0]), place[1], BATCH)
        if not fresh:
            return 0, place
        await _add(fresh, await last())
        end = fresh[-1]["xid"]
        await execute(MOVE, min(standing["settled"], end) if len(fresh) == BATCH else standing["settled"])
    return len(fresh), (end, fresh[-1]["id"])


async def _add(fresh: list[dict[str, Any]], end: Link | None) -> None:
    [clock] = await fetch("SELECT clock_timestamp() AS at")
    at = clock["at"]
    seq, previous = (end.seq, end.value) if end else (0, GENESIS)
    ids = [Id(bytes=row["id"].bytes) for row in fresh]
    digests = [hashlib.sha256(row["bytes"]).digest() for row in fresh]
    values = [previous]
    sealed_us = microseconds(at)
    for place, (id, digest) in enumerate(zip(ids, digests, strict=True), start=seq + 1):
        values.append(value(values[-1], place, id.bytes, digest, sealed_us))
    numbers = [seq + count for count in range(1, len(fresh) + 1)]
    before = [earlier for earlier, _ in pairwise(values)]
    await execute(ADD, numbers, ids, digests, before, [at] * len(fresh))


async def last() -> Link | None:
    """Return the end of the chain."""
    rows = await fetch(LAST)
    return Link(**rows[0] | {"row_id": Id(bytes=rows[0]["row_id"].bytes)}) if rows else None
