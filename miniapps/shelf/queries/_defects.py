"""Testers and what they found.  A mini-app's team sees the defect and never who reported it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from piccolo.columns.combination import And
from piccolo.custom_types import Combinable
from piccolo.query import Objects

from identity import audit
from identity.actor import Actor, check_operator
from identity.roles import Role
from identity.visibility import Holds, Same, Visibility, where
from miniapps.shelf.errors import DefectNotFound, NoSuchTester
from miniapps.shelf.rules import DefectState, Side
from miniapps.shelf.tables import AppDefect, AppTester, DefectNote
from storage.db import fetch
from storage.paging import Page, page

DEFECTS: Visibility = (
    (Same(AppDefect.party_id, "person_id"),),
    (Holds(Role.DEVELOPER), Same(AppDefect.team_id, "acting_for")),
    (Holds(Role.OPERATOR),),
)

_VERSIONED = (
    "SELECT m.team_id FROM mini_app m JOIN mini_app_version v ON v.app = m.id"
    " WHERE m.app_id = $1 AND v.version = $2"
)
_IN_TEAM = "SELECT FROM team_member WHERE party_id = $1 AND team = $2 AND state = 'active' LIMIT 1"
_BUILDERS = (
    "SELECT party_id FROM team_member WHERE team = $1 AND state = 'active' AND role IN ('owner', 'developer')"
)


def visible_to(actor: Actor) -> Combinable:
    """Testers see what they reported, teams what was found in their mini-apps, operators everything."""
    return where(DEFECTS, actor)


def side(actor: Actor, row: AppDefect) -> Side:
    """Say as what the actor stands to a defect that he may see."""
    if actor.is_a(Role.OPERATOR):
        return Side.OPERATOR
    return Side.TEAM if actor.acting_for == row.team_id else Side.TESTER


async def testers(actor: Actor, *, first: int, after: UUID | None, now: datetime) -> Page[AppTester]:
    """Return testers whose time has not ended, newest first; the look is recorded with each of them.

    Raises: ScopeMissing.
    """
    check_operator(actor)
    found = await page(
        AppTester.objects().where(AppTester.ends_at > now), AppTester.id, first=first, after=after
    )
    seen = [(f"tester/{row.id}", row.party_id) for row in found.rows]
    await audit.record_reads(actor, "tester.read", seen, now=now)
    return found


async def tester(actor: Actor, tester_id: UUID, *, now: datetime) -> AppTester:
    """Return a tester whose time has not ended; the look is recorded with him.

    Raises: ScopeMissing, NoSuchTester.
    """
    check_operator(actor)
    found = await _living(tester_id, now=now).first()
    if found is None:
        raise NoSuchTester
    await audit.record_reads(actor, "tester.read", [(f"tester/{found.id}", found.party_id)], now=now)
    return found


async def lock_tester(actor: Actor, tester_id: UUID, *, now: datetime) -> AppTester:
    """Return a tester whose time has not ended, the row locked.

    Raises: ScopeMissing, NoSuchTester.
    """
    check_operator(actor)
    found = await _living(tester_id, now=now).lock_rows().first()
    if found is None:
        raise NoSuchTester
    return found


def _living(tester_id: UUID, *, now: datetime) -> Objects[AppTester]:
    return AppTester.objects().where(AppTester.id == tester_id, AppTester.ends_at > now)


async def tester_now(person_id: UUID, *, now: datetime) -> AppTester | None:
    """Return the time a person serves as a tester, if he does now."""
    mine = AppTester.objects().where(AppTester.party_id == person_id, AppTester.ends_at > now)
    return await mine.order_by(AppTester.ends_at, ascending=False).first()


async def my_term(actor: Actor, *, now: datetime) -> AppTester | None:
    """Return the actor's own time as a tester: he serves as himself, by no mandate and no mini-app."""
    is_himself = actor.acting_for == actor.person_id and actor.app_id is None
    return await tester_now(actor.person_id, now=now) if is_himself else None


async def team_of(app_id: str, version: str) -> UUID | None:
    """Return whose mini-app it is; None when it has no such version."""
    rows = await fetch(_VERSIONED, app_id, version)
    return rows[0]["team_id"] if rows else None


async def builds(person_id: UUID, team_id: UUID) -> bool:
    """Say whether a person belongs to a team."""
    return bool(await fetch(_IN_TEAM, person_id, team_id))


async def builders(team_id: UUID) -> list[UUID]:
    """Return the persons of a team who would mend a defect."""
    return [row["party_id"] for row in await fetch(_BUILDERS, team_id)]


async def defects(
    actor: Actor,
    *,
    app_id: str | None,
    state: DefectState | None,
    first: int,
    after: UUID | None,
    now: datetime,
) -> Page[AppDefect]:
    """Return defects the actor may see, newest first; others' looks are recorded with each tester."""
    seen = AppDefect.objects().where(visible_to(actor))
    if app_id is not None:
        seen = seen.where(AppDefect.app_id == app_id)
    if state is not None:
        seen = seen.where(AppDefect.state == state.value)
    found = await page(seen, AppDefect.id, first=first, after=after)
    await _record(actor, found.rows, now=now)
    return found


async def defect(actor: Actor, defect_id: UUID, *, now: datetime) -> AppDefect:
    """Return one defect.

    Raises: DefectNotFound.
    """
    found = await AppDefect.objects().where(And(visible_to(actor), AppDefect.id == defect_id)).first()
    if found is None:
        raise DefectNotFound
    await _record(actor, [found], now=now)
    return found


async def lock_defect(actor: Actor, defect_id: UUID) -> AppDefect:
    """Return one defect, its row locked; raises as `defect` does."""
    mine = AppDefect.objects().where(And(visible_to(actor), AppDefect.id == defect_id))
    found = await mine.lock_rows().first()
    if found is None:
        raise DefectNotFound
    return found


async def notes_of(_actor: Actor, defect_ids: Sequence[UUID]) -> dict[UUID, list[DefectNote]]:
    """Return the steps of defects that the actor was shown, oldest first, in one statement."""
    held = DefectNote.objects().where(DefectNote.defect_id.is_in(list(defect_ids)))
    found: dict[UUID, list[DefectNote]] = {defect_id: [] for defect_id in defect_ids}
    for row in await held.order_by(DefectNote.id):
        found[row.defect_id].append(row)
    return found


async def duplicates_of(actor: Actor, defect_ids: Sequence[UUID]) -> dict[UUID, list[UUID]]:
    """Return, for each defect, those the actor may see that are the same, in one statement."""
    these = AppDefect.duplicate_of.is_in(list(defect_ids))
    rows = await (
        AppDefect.select(AppDefect.id, AppDefect.duplicate_of)
        .where(And(visible_to(actor), these))
        .order_by(AppDefect.id)
    )
    found: dict[UUID, list[UUID]] = {defect_id: [] for defect_id in defect_ids}
    for row in rows:
        found[row["duplicate_of"]].append(row["id"])
    return found


async def _record(actor: Actor, rows: Sequence[AppDefect], *, now: datetime) -> None:
    """Record others' looks with the testers, though nobody is told who they are."""
    seen = [(f"defect/{row.id}", row.party_id) for row in rows if row.party_id != actor.person_id]
    await audit.record_reads(actor, "defect.read", seen, now=now)
