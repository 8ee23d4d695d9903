"""What versions hold that came to nothing goes, then what no version holds; one that fails stops no other.

The count of an object says when it is worth a look.  Whether it goes is asked of the versions themselves, in
the statement that takes its row: a process of before the counting hands versions in without it.
"""

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
import structlog

from banshi.package import Listing
from identity import audit
from identity.actor import WORKER
from miniapps.catalog import queries
from miniapps.catalog.rules import OVER
from miniapps.catalog.service import packages, stock
from miniapps.catalog.tables import MiniAppVersion
from storage import objects
from storage.db import execute, fetch, transaction

log = structlog.get_logger()

AT_ONCE, MOST_TURNS = 100, 50  # objects or versions of one turn, and turns of one sweep
OLD = """
SELECT id FROM mini_app_version WHERE state = ANY($1) AND package_sha256 IS NOT NULL AND removed_at IS NULL
  AND coalesce(reviewed_at, submitted_at) < $2 AND id > $4 ORDER BY id LIMIT $3
"""
UNUSED = """
WITH mine AS (
  SELECT key FROM mini_app_object WHERE uses = 0 AND touched_at < clock_timestamp() - interval '1 day'
  ORDER BY key LIMIT $1 FOR UPDATE SKIP LOCKED
), named AS (
  SELECT v.id, 'app-files/' || (f.value ->> 'sha256') AS key
  FROM mini_app_version v, jsonb_each(v.listing::jsonb -> 'files') f
  WHERE v.listing IS NOT NULL AND v.removed_at IS NULL AND EXISTS (SELECT FROM mine)
  UNION SELECT v.id, 'packages/' || a.app_id || '/' || v.package_sha256 || '.zip'
  FROM mini_app_version v JOIN mini_app a ON a.id = v.app
  WHERE v.package_sha256 IS NOT NULL AND v.removed_at IS NULL AND EXISTS (SELECT FROM mine)
), held AS (
  SELECT key, count(*) AS uses FROM named JOIN mine USING (key) GROUP BY key
), mended AS (
  UPDATE mini_app_object o SET uses = held.uses, touched_at = clock_timestamp()
  FROM held WHERE o.key = held.key
)
SELECT mine.key, held.key IS NOT NULL AS is_held FROM mine LEFT JOIN held USING (key)
"""
"""Objects that count as nobody's, locked, and whether a version names them all the same: it is counted."""


async def sweep(*, now: datetime) -> int:
    """Let go of what versions hold that came to nothing long ago, then remove what no version holds.

    Returns how many objects were removed.
    Raises: Unavailable: the store is away; the rest is done another time.
    """
    await execute("DELETE FROM mini_app_upload WHERE ends_at < clock_timestamp()")
    await _free_old(now=now)
    removed = 0
    for _ in range(MOST_TURNS):
        looked, gone = await _remove()
        removed += gone
        if looked < AT_ONCE:
            break
    return removed


async def _free_old(*, now: datetime) -> None:
    before, last = now - timedelta(days=stock.limits().kept_days), UUID(int=0)
    for _ in range(MOST_TURNS):
        rows = await fetch(OLD, [*OVER], before, AT_ONCE, last)
        for row in rows:
            last = row["id"]
            try:
                await _free(last, now=now)
            except Exception as error:  # whatever is wrong with it, the others are not to wait for it
                log.error("stock.not_freed", version_id=str(last), error=type(error).__name__)
        if len(rows) < AT_ONCE:
            return


async def _free(version_id: UUID, *, now: datetime) -> None:
    async with transaction():
        row, _ = await queries.lock_version(WORKER, version_id)
        if row.state not in OVER or row.removed_at is not None:  # an appeal was faster
            return
        row.removed_at = now
        await row.save([MiniAppVersion.removed_at])
        listing = msgspec.json.decode(row.listing, type=Listing)
        await stock.let_go(packages.keys_of(listing, row.package_sha256))
        await audit.record(WORKER, "app.files_removed", f"app_version/{row.id}", now=now)


async def _remove() -> tuple[int, int]:
    """Remove some that no version holds; return how many were looked at, and removed.

    One that the store does not give up is young again, and has its turn tomorrow.
    """
    async with transaction():
        rows = await fetch(UNUSED, AT_ONCE)
        keys = [row["key"] for row in rows if not row["is_held"]]
        ended = await asyncio.gather(*(objects.remove(key) for key in keys), return_exceptions=True)
        failed = {key: error for key, error in zip(keys, ended, strict=True) if error is not None}
        if failed and len(failed) == len(keys):
            raise next(iter(failed.values()))
        for key, error in failed.items():
            log.error("stock.not_removed", name=key[:40], error=type(error).__name__)
        await stock.announce([*failed])
        gone = [key for key in keys if key not in failed]
        await execute("DELETE FROM mini_app_object WHERE key = ANY($1::text[])", gone)
    return len(rows), len(gone)
