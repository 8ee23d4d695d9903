"""Heads: once a minute the end of the chain is signed, and the signature kept in a second place.

Heads are numbered, and each holds the hash of the one before, so that none can be taken out, swapped or
put off without a gap.  The key is in the database, but wrapped under the master key, which is not: who
can write there can neither read it nor make one that verifies.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec
import structlog
from piccolo.columns import BigInt, Text, Timestamptz
from piccolo.table import Table

from identity import signing
from identity.chain import links
from identity.chain.places import Folder, Objects, Place
from identity.settings import AuditSettings
from identity.signing import Purpose
from storage.clock import system_now
from storage.db import DB, execute, fetch, transaction

log = structlog.get_logger()

LOCK = 0x61756468
STORED_AT_ONCE = 100  # heads that a place had missed, put there in one turn
NO_HEAD = "0" * 64


class AuditHead(Table, db=DB, tablename="audit_head"):
    """One signed head, as it also stands in the second place."""

    number = BigInt(primary_key=True)  # 1, 2, 3, …
    token = Text()  # compact JWS over Head
    made_at = Timestamptz()  # by the machine's clock
    stored_at = Timestamptz(null=True, default=None)  # when every second place had it


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """What is signed: the chain has `seq` links and ends in `value`, at the machine's time `at`."""

    number: int
    seq: int
    value: str  # 64 hexadecimal digits
    at: datetime
    previous: str  # SHA-256 of the token before, of the first: zeros


@dataclass(frozen=True)
class Standing:
    """How far proof lags behind what happened, by the database's clock, which no sandbox moves."""

    at: datetime
    stored_at: datetime | None  # when the youngest head came to lie in every second place
    oldest_at: datetime | None  # when the id of the oldest row without a link was made

    @property
    def stored_s(self) -> float | None:
        """Return the age of the youngest head in seconds; None when there is none yet."""
        return None if self.stored_at is None else (self.at - self.stored_at).total_seconds()

    @property
    def unsealed_s(self) -> float:
        """Return the age of the oldest row without a link in seconds; 0 when every row has one."""
        return 0.0 if self.oldest_at is None else max(0.0, (self.at - self.oldest_at).total_seconds())


_places: tuple[Place, ...] = (Objects(),)


def configure(settings: AuditSettings) -> None:
    """Tell this process where heads are kept: in the object store, and in a folder when one is named."""
    keep_in(*(Objects(), Folder(settings.folder)) if settings.folder else (Objects(),))


def keep_in(*places: Place) -> None:
    """Tell this process its second places themselves."""
    global _places
    _places = places


def places() -> tuple[Place, ...]:
    """Return the second places of this process."""
    return _places


async def sign_head(*, now: datetime) -> None:
    """Sign the end of the chain, and put into the second places what they lack.

    Raises: whatever a place raises; the head stays in the table and goes there next time.
    """
    await _sign(now=now)
    await _store(_places)


async def _sign(*, now: datetime) -> None:
    async with transaction():
        [lock] = await fetch("SELECT pg_try_advisory_xact_lock($1) AS mine", LOCK)
        if not lock["mine"]:
            return
        rows = await fetch("SELECT number, token FROM audit_head ORDER BY number DESC LIMIT 1")
        number, previous = (rows[0]["number"] + 1, digest(rows[0]["token"])) if rows else (1, NO_HEAD)
        end = await links.last()
        made_at = system_now()
        head = Head(
            number=number, seq=end.seq if end else 0, value=(end.value if end else links.GENESIS).hex(),
            at=made_at, previous=previous,
        )  # fmt: skip
        token = await signing.sign(Purpose.AUDIT_HEAD, msgspec.to_builtins(head), now=now)
        await execute(
            "INSERT INTO audit_head (number, token, made_at) VALUES ($1, $2, $3)", number, token, made_at
        )


async def _store(there: Sequence[Place]) -> None:
    missing = await fetch(
        "SELECT number, token FROM audit_head WHERE stored_at IS NULL ORDER BY number LIMIT $1",
        STORED_AT_ONCE,
    )
    for row in missing:
        for place in there:
            await place.put(row["number"], row["token"])
        await execute("UPDATE audit_head SET stored_at = clock_timestamp() WHERE number = $1", row["number"])


def digest(token: str) -> str:
    """Return the hash by which the next head names this one."""
    return hashlib.sha256(token.encode()).hexdigest()


STANDING = """
SELECT clock_timestamp() AS at,
  (SELECT stored_at FROM audit_head WHERE stored_at IS NOT NULL ORDER BY number DESC LIMIT 1) AS stored_at,
  (SELECT a.id FROM audit_row a
   WHERE a.xid >= (SELECT coalesce(max(xid), 0) FROM audit_boundary)::text::xid8
     AND (SELECT 1 FROM audit_link l WHERE l.row_id = a.id) IS NULL
   ORDER BY a.id LIMIT 1) AS oldest
"""


async def standing() -> Standing:
    """Return how far the proof is behind."""
    [row] = await fetch(STANDING)
    oldest = row["oldest"]
    made_at = None if oldest is None else datetime.fromtimestamp((oldest.int >> 80) / 1000, UTC)
    return Standing(at=row["at"], stored_at=row["stored_at"], oldest_at=made_at)
