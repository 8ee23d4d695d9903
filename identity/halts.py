"""Halting a mini-app, a version of one or a scope: tokens die or lose it at once, however many there are."""

from datetime import UTC, datetime
from uuid import UUID as Id

from piccolo.columns import UUID, Timestamptz, Varchar
from piccolo.table import Table

from storage.db import DB, execute, fetch
from storage.ids import new_id


class AppHalt(Table, db=DB, tablename="app_halt"):
    """One mini-app that was switched off: tokens that end at or before `until` are dead.

    One row instead of an update of each token: the switch must work under load, too.
    """

    app_id = Varchar(64, primary_key=True)
    until = Timestamptz()


class VersionHalt(Table, db=DB, tablename="app_version_halt"):
    """One version that was switched off: tokens given to its pages that end at or before `until` are dead."""

    version_id = UUID(primary_key=True, default=new_id)
    until = Timestamptz()


class ScopeHalt(Table, db=DB, tablename="scope_halt"):
    """One scope that no mini-app and no client has while the row is there."""

    scope = Varchar(64, primary_key=True)
    since = Timestamptz()


FOREVER = datetime(9999, 12, 31, tzinfo=UTC)
"""Until it is lifted: also tokens that somebody is making this very moment are dead."""


async def halt(app_id: str, *, until: datetime) -> None:
    """Kill every token of the mini-app that would end at or before `until`; later ones live."""
    await execute(
        "INSERT INTO app_halt (app_id, until) VALUES ($1, $2)"
        " ON CONFLICT (app_id) DO UPDATE SET until = greatest(app_halt.until, excluded.until)",
        app_id, until,
    )  # fmt: skip


async def lift(app_id: str, *, until: datetime) -> None:
    """Let tokens of the mini-app live again that end after `until`; nothing halted: nothing happens."""
    await execute("UPDATE app_halt SET until = least(until, $2) WHERE app_id = $1", app_id, until)


async def halt_version(version_id: Id, *, until: datetime) -> None:
    """Kill every token given to pages of this version that would end at or before `until`."""
    await execute(
        "INSERT INTO app_version_halt (version_id, until) VALUES ($1, $2)"
        " ON CONFLICT (version_id) DO UPDATE SET until = greatest(app_version_halt.until, excluded.until)",
        version_id, until,
    )  # fmt: skip


async def lift_version(version_id: Id, *, until: datetime) -> None:
    """Let tokens given to pages of this version live again that end after `until`."""
    await execute(
        "UPDATE app_version_halt SET until = least(until, $2) WHERE version_id = $1", version_id, until
    )


async def halt_scope(scope: str, *, now: datetime) -> None:
    """Take a scope from every token of a mini-app or client, living or to come, until `free_scope`."""
    await execute(
        "INSERT INTO scope_halt (scope, since) VALUES ($1, $2) ON CONFLICT DO NOTHING", str(scope), now
    )


async def free_scope(scope: str) -> None:
    """Give tokens the scope again, as far as it was granted to them."""
    await execute("DELETE FROM scope_halt WHERE scope = $1", str(scope))


HALTED = "ARRAY(SELECT scope FROM scope_halt)"
"""The scopes that are switched off now, for a caller's own statement."""


async def halted_scopes() -> frozenset[str]:
    """Return the scopes that no mini-app has now."""
    return frozenset(row["scope"] for row in await fetch("SELECT scope FROM scope_halt"))
