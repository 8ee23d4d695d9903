"""What packages take of the object store: how much of a team's, and of how many versions each object is.

    reserve ──► announce ──► objects are written ──► settle, use          a package comes in
    let_go ──► `sweeping`                                                 a version came to nothing

Each object has a row that counts the versions it belongs to (`docs/adr/162`).  Who takes a row takes its
lock: `announce` makes an object young again before it is written, and `sweeping` removes, while it holds the
rows, what belongs to none and is not young.  So what is wanted at the moment of its end is written again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from banshi.errors import Unavailable
from miniapps.catalog import queries
from miniapps.catalog.errors import TeamStorageFull, TooManyVersions, UploadsUnderWay
from miniapps.catalog.tables import MiniApp
from storage.db import execute, fetch
from storage.ids import new_id

DAY = timedelta(days=1)
HELD_S = 900.0  # so long bytes are reserved: more than writing a package may take
COME_BACK_S = 5


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
UPDATE mini_app_object o SET uses = uses + 1, touched_at = clock_timestamp() FROM mine WHERE o.key = mine.key
RETURNING 1
"""
LET_GO = """
WITH mine AS (SELECT key FROM mini_app_object WHERE key = ANY($1::text[]) ORDER BY key FOR UPDATE)
UPDATE mini_app_object o SET uses = greatest(uses - 1, 0), touched_at = clock_timestamp()
FROM mine WHERE o.key = mine.key
"""
RESERVE = """
INSERT INTO mini_app_upload AS had (id, team_id, hold, size, ends_at)
VALUES ($1, $2, $3, $4, clock_timestamp() + make_interval(secs => $5))
ON CONFLICT (id) DO UPDATE SET hold = excluded.hold, size = excluded.size, ends_at = excluded.ends_at
WHERE had.ends_at < clock_timestamp() RETURNING 1
"""
RESERVED = """
SELECT coalesce(sum(size), 0)::bigint AS bytes FROM mini_app_upload
WHERE team_id = $1 AND ends_at >= clock_timestamp()
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
    """Refuse `size` bytes more for a team, beside those that are stored and on their way in.

    Until the transaction ends no other package of the team is counted.

    Raises: TeamStorageFull.
    """
    await execute("SELECT pg_advisory_xact_lock(hashtext($1))", f"stock {team_id}")
    [reserved] = await fetch(RESERVED, team_id)
    used = (await queries.stored(team_id)).used_bytes + reserved["bytes"]
    if used + size > _settings.most_bytes:
        most, days = _settings.most_bytes, _settings.kept_days
        raise TeamStorageFull(used=used, most=most, size=size, days=days)


async def reserve(app: MiniApp, size: int) -> UUID:
    """Hold room for a version of a mini-app that is to be written, and return what `settle` asks for.

    It holds until `settle` or `give_back`, or for a quarter of an hour if the process dies.
    Raises: TeamStorageFull; UploadsUnderWay: one of this mini-app is on its way in.
    """
    hold = new_id()
    if not await fetch(RESERVE, app.id, app.team_id, hold, 0, HELD_S):
        raise UploadsUnderWay(retry_after_s=COME_BACK_S)
    await check_room(app.team_id, size)
    await execute("UPDATE mini_app_upload SET size = $2 WHERE id = $1", app.id, size)
    return hold


async def give_back(app_id: UUID, hold: UUID) -> bool:
    """Hold no more what was reserved; say whether it was still held."""
    tag = await execute("DELETE FROM mini_app_upload WHERE id = $1 AND hold = $2", app_id, hold)
    return tag != "DELETE 0"


async def settle(app: MiniApp, hold: UUID, size: int) -> None:
    """Turn what was reserved into what the version takes that the caller stores now.

    Raises: Unavailable: it took too long, hand it in again; TeamStorageFull.
    """
    if not await give_back(app.id, hold):
        raise Unavailable(system="object store")
    await check_room(app.team_id, size)


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
    if len(await fetch(COUNT, list(keys))) != len(keys):
        raise Unavailable(system="object store")


async def let_go(keys: Sequence[str]) -> None:
    """Count one version less for objects; one that was never counted is from now on, as of no version."""
    await announce(keys)
    await execute(LET_GO, list(keys))
