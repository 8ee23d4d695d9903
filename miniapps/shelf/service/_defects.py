"""Testers (体验官), what they find, and what becomes of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from banshi.errors import InvalidInput, ScopeMissing
from banshi.scopes import Scope
from identity import audit, partners, regions
from identity.actor import Actor, check_operator
from identity.written import words
from miniapps.catalog import queries as catalog
from miniapps.notices.rules import without_numbers
from miniapps.release import service as release
from miniapps.shelf import queries, rules
from miniapps.shelf.errors import DefectOwnApp, NotATester
from miniapps.shelf.events import AppTesterAppointed, DefectMoved
from miniapps.shelf.rules import DefectState, Severity, Side
from miniapps.shelf.tables import AppDefect, AppTester, DefectNote
from storage.db import execute, transaction
from storage.outbox import emit

LONGEST_TERM = timedelta(days=730)


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a tester reports."""

    app_id: str
    version: str  # that he tried
    severity: Severity
    title: str
    steps: str  # what he did, what came of it, and what should have


@dataclass(frozen=True, kw_only=True)
class Move:
    """Where a defect is to go, and why."""

    to: DefectState
    note: str = ""
    duplicate_of: UUID | None = None  # with DUPLICATE, and only then
    fixed_in: str = ""  # with FIXED, and only then: a version


async def appoint(
    actor: Actor, *, number: str, name: str, region: str, until: datetime, now: datetime
) -> AppTester:
    """Make a person a tester in a region until a day; one who is has his time and region changed.

    Raises: ScopeMissing, InvalidInput, NumberRefused, RateLimited, PersonNotFound.
    """
    check_operator(actor)
    if region not in regions.shipped() or len(region) != 6:
        raise InvalidInput(field="region", problem="请填写有效的六位行政区划代码")
    if not now < rules.moment("until", until) <= now + LONGEST_TERM:
        raise InvalidInput(field="until", problem="聘期要在两年以内")
    person, _ = await partners.named(actor.person_id, number, name, now=now)
    async with transaction():
        await execute("SELECT pg_advisory_xact_lock($1)", person.id.int >> 65)
        held = await queries.tester_now(person.id, now=now)
        row = held or AppTester(party_id=person.id, appointed_by=actor.person_id, appointed_at=now)
        row.region, row.ends_at = region, until
        await row.save()
        if held is None:  # what he tried in a former time is over
            await release.end_trials(person.id)
        else:
            await release.prolong_trials(person.id, until=until)
        await audit.record(actor, "tester.appoint", f"tester/{row.id}", now=now, party_id=person.id)
        await emit(AppTesterAppointed(party_id=person.id, tester_id=row.id, at=now), now=now)
    return row


async def dismiss(actor: Actor, tester_id: UUID, *, reason: str, now: datetime) -> AppTester:
    """End a tester's time now; what he reported stays, what is on trial he gets no more.

    Raises: ScopeMissing, InvalidInput, NoSuchTester.
    """
    said = words("reason", reason, rules.LONGEST_REASON, least=2)
    async with transaction():
        row = await queries.lock_tester(actor, tester_id, now=now)
        row.ends_at = now
        await row.save([AppTester.ends_at])
        await release.end_trials(row.party_id)
        await audit.record(actor, "tester.dismiss", f"tester/{row.id}", said, now=now, party_id=row.party_id)
    return row


async def report(actor: Actor, what: Report, *, key: str, now: datetime) -> AppDefect:
    """Report a defect; the same key again is the same report.  ID and mobile numbers are blotted out.

    Raises: NotATester, DefectOwnApp, InvalidInput; AppNotFound when nothing of this name is listed.
    """
    post = await _tester(actor, now=now)
    rules.key(key)
    title = without_numbers(words("title", what.title, rules.LONGEST_TITLE, least=2))
    steps = without_numbers(words("steps", what.steps, rules.LONGEST_STEPS, least=5))
    await catalog.app(actor, what.app_id)
    team_id = await queries.team_of(what.app_id, what.version)
    if team_id is None:
        raise InvalidInput(field="version", problem="这个应用没有这一版本")
    if await queries.builds(actor.person_id, team_id):
        raise DefectOwnApp
    async with transaction():
        await execute("SELECT pg_advisory_xact_lock($1)", actor.person_id.int >> 65)
        same = AppDefect.objects().where(AppDefect.party_id == actor.person_id, AppDefect.key == key)
        before = await same.first()
        if before is not None:
            return before
        row = AppDefect(
            party_id=actor.person_id, app_id=what.app_id, team_id=team_id, version=what.version,
            region=post.region, severity=what.severity, title=title[: rules.LONGEST_TITLE], steps=steps,
            reported_at=now, moved_at=now, key=key,
        )  # fmt: skip
        await row.save()
        await audit.record(actor, "defect.report", f"defect/{row.id}", now=now)
        await _note(row, Side.TESTER, "", now=now)
    return row


async def _tester(actor: Actor, *, now: datetime) -> AppTester:
    """Return the time the actor serves as a tester."""
    if not actor.may(Scope.APPS_OPEN):
        raise ScopeMissing(scope=Scope.APPS_OPEN)
    post = await queries.my_term(actor, now=now)
    if post is None:
        raise NotATester
    return post


async def move(actor: Actor, defect_id: UUID, to: Move, *, now: datetime) -> AppDefect:
    """Move a defect as the table allows the actor's side; where it stands already, nothing happens.

    Raises: DefectNotFound, DefectMoveRefused, InvalidInput.
    """
    said = without_numbers(words("note", to.note, rules.LONGEST_NOTE))
    async with transaction():
        row = await queries.lock_defect(actor, defect_id)
        side = queries.side(actor, row)
        if row.state == to.to and row.duplicate_of == to.duplicate_of:
            return row
        rules.check_move(DefectState(row.state), to.to, side)
        row.duplicate_of = await _original(actor, row, to)
        row.fixed_in = _fixed_in(row, to)
        row.state, row.moved_at = to.to, now
        await row.save()
        act = f"defect.{to.to}"
        await audit.record(actor, act, f"defect/{row.id}", said or None, now=now, party_id=row.party_id)
        await _note(row, side, said, now=now)
    return row


async def _original(actor: Actor, row: AppDefect, to: Move) -> UUID | None:
    """Return the defect that this one is the same as: of the same mini-app, and itself no duplicate."""
    if (to.to is DefectState.DUPLICATE) != (to.duplicate_of is not None):
        raise InvalidInput(field="duplicateOf", problem="标记重复时要写明原缺陷，其他情况不写")
    if to.duplicate_of is None:
        return None
    other = await queries.lock_defect(actor, to.duplicate_of)
    if other.id == row.id or other.app_id != row.app_id or other.state == DefectState.DUPLICATE:
        raise InvalidInput(field="duplicateOf", problem="原缺陷要属于同一个应用，并且自身不是重复项")
    return other.id


def _fixed_in(row: AppDefect, to: Move) -> str:
    if to.to is DefectState.FIXED and not (0 < len(to.fixed_in) <= 20 and to.fixed_in.isprintable()):
        raise InvalidInput(field="fixedIn", problem="请填写修复所在的版本")
    if to.to is not DefectState.FIXED and to.fixed_in:
        raise InvalidInput(field="fixedIn", problem="只有标记已修复时才填写版本")
    return to.fixed_in or row.fixed_in


async def reply(actor: Actor, defect_id: UUID, text: str, *, now: datetime) -> AppDefect:
    """Say something about a defect, as its mini-app's team, an operator or who reported it.

    The same words again, right after, say nothing new.
    Raises: DefectNotFound, InvalidInput.
    """
    said = without_numbers(words("text", text, rules.LONGEST_NOTE, least=2))
    async with transaction():
        row = await queries.lock_defect(actor, defect_id)
        side = queries.side(actor, row)
        notes = (await queries.notes_of(actor, [row.id]))[row.id]
        if notes and (notes[-1].text, notes[-1].side) == (said, side):
            return row
        await audit.record(actor, "defect.reply", f"defect/{row.id}", now=now, party_id=row.party_id)
        await _note(row, side, said, now=now)
    return row


async def _note(row: AppDefect, side: Side, text: str, *, now: datetime) -> None:
    note = DefectNote(defect_id=row.id, side=side, state=row.state, text=text, at=now)
    await note.save()
    await emit(DefectMoved(party_id=row.party_id, defect_id=row.id, note_id=note.id, at=now), now=now)
