"""What packages take of the object store: how much of a team's, until when, and nothing that is needed goes.

    announce ──► objects are written ──► use          a package comes in
    free ──► sweep                                    a version that came to nothing is old

Each object has a row that counts the versions it belongs to (`docs/adr/162`).  Who takes a row takes its
lock: `announce` makes an object young again before it is written, and `sweep` removes, while it holds the
rows, what belongs to none and is not young.  So what is wanted at the moment of its end is written again.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from banshi.errors import Unavailable
from banshi.package import Listing
from identity import audit
from identity.actor import WORKER
from miniapps.catalog import queries
from miniapps.catalog.errors import TeamStorageFull, TooManyVersions
from miniapps.catalog.rules import OVER
from miniapps.catalog.service import packages
from miniapps.catalog.tables import MiniApp, MiniAppVersion
from storage import objects
from storage.db import execute, fetch, transaction

DAY = timedelta(days=1)
AT_ONCE, MOST_TURNS = 100, 50  # objects or versions of one transaction, and transactions of one sweep


@dataclass(frozen=True)
class StockSettings:
    """How much a team may store, how often a mini-app may change, and how long what came to nothing stays."""

    most_bytes: int = 2**31  # of a team's packages
    most_a_day: int = 50  # versions of a mini-app
    kept_days: int = 30


ANNOUNCE = """
INSERT INTO mini_app_object (key, uses, touched_at)
SELECT key, 0, clock_timestamp() FROM unnest($1::text[]) AS key ORDER BY key
ON CONFLICT (key) DO UPDATE SET touched_at = excluded.touched_at
"""
COUNT = """
WITH mine AS (SELECT key FROM mini_app_object WHERE key = ANY($1::text[]) ORDER BY key FOR UPDATE)
UPDATE mini_app_object o SET uses = uses + $2, touched_at = clock_timestamp() FROM mine WHERE o.key = mine.key
RETURNING 1
"""
UNUSED = """
SELECT key FROM mini_app_object WHERE uses = 0 AND touched_at < clock_timestamp() - interval '1 day'
ORDER BY key LIMIT $1 FOR UPDATE SKIP LOCKED
"""
OLD = """
SELECT id FROM mini_app_version WHERE state = ANY($1) AND package_sha256 IS NOT NULL AND removed_at IS NULL
  AND coalesce(reviewed_at, submitted_at) < $2 ORDER BY id LIMIT $3
"""

_settings = StockSettings()


def configure(settings: StockSettings) -> None:
    """Tell this process its limits."""
    global _settings
    _settings = settings


def limits() -> StockSettings:
    """Return the limits of this process."""
    return _settings


async def check_room(team_id: UUID, size: int) -> None:
    """Refuse `size` bytes more for a team; until the transaction ends no other package of it is counted.

    Raises: TeamStorageFull.
    """
    await execute("SELECT pg_advisory_xact_lock(hashtext($1))", f"stock {team_id}")
    used = (await queries.stored(team_id)).used_bytes
    if used + size > _settings.most_bytes:
        most, days = _settings.most_bytes, _settings.kept_days
        raise TeamStorageFull(used=used, most=most, size=size, days=days)


async def check_pace(app: MiniApp, *, now: datetime) -> None:
    """Refuse one more version of a mini-app within a day.  Raises: TooManyVersions."""
    rows = await fetch(
        "SELECT submitted_at FROM mini_app_version WHERE app = $1 AND submitted_at > $2"
        " ORDER BY submitted_at DESC LIMIT $3",
        app.id, now - DAY, _settings.most_a_day,
    )  # fmt: skip
    if len(rows) >= _settings.most_a_day:
        after = (rows[-1]["submitted_at"] + DAY).isoformat(timespec="seconds")
        raise TooManyVersions(app_id=app.app_id, most=_settings.most_a_day, used=len(rows), after=after)


async def announce(keys: Sequence[str]) -> None:
    """Tell that objects are about to be written; nobody sweeps them away for a day."""
    await execute(ANNOUNCE, list(keys))


async def use(keys: Sequence[str]) -> None:
    """Count one more version for objects that were announced and written.

    Raises: Unavailable, when they were swept away since: write them again.
    """
    if len(await fetch(COUNT, list(keys), 1)) != len(keys):
        raise Unavailable(system="object store")


async def sweep(*, now: datetime) -> int:
    """Let go of what versions hold that came to nothing long ago, then remove what no version holds.

    Returns how many objects were removed.
    Raises: Unavailable: the store is away; the rest is done another time.
    """
    before = now - timedelta(days=_settings.kept_days)
    for row in await fetch(OLD, [*OVER], before, AT_ONCE):
        await _free(row["id"], now=now)
    removed = 0
    for _ in range(MOST_TURNS):
        gone = await _remove()
        removed += gone
        if gone < AT_ONCE:
            break
    return removed


async def _free(version_id: UUID, *, now: datetime) -> None:
    async with transaction():
        row, _ = await queries.lock_version(WORKER, version_id)
        if row.state not in OVER or row.removed_at is not None:  # an appeal was faster
            return
        row.removed_at = now
        await row.save([MiniAppVersion.removed_at])
        listing = msgspec.json.decode(row.listing, type=Listing)
        await fetch(COUNT, packages.keys_of(listing, row.package_sha256), -1)
        await audit.record(WORKER, "app.files_removed", f"app_version/{row.id}", now=now)


async def _remove() -> int:
    async with transaction():
        keys = [row["key"] for row in await fetch(UNUSED, AT_ONCE)]
        await asyncio.gather(*(objects.remove(key) for key in keys))
        await execute("DELETE FROM mini_app_object WHERE key = ANY($1::text[])", keys)
    return len(keys)
