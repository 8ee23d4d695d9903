"""The next edition: drafted by operators together, published at once, and brought back when it was wrong."""

from datetime import datetime
from uuid import UUID

import msgspec

from identity import audit
from identity.actor import WORKER, Actor, check_operator
from identity.written import words
from miniapps.shelf import queries, rules
from miniapps.shelf.errors import ShelfDraftChanged, ShelfNothingDrafted, ShelfRefused
from miniapps.shelf.events import ShelfPublished
from miniapps.shelf.rules import SHIPPED, Edit, Shelf
from miniapps.shelf.tables import ShelfDraft, ShelfEdition
from storage.db import execute, transaction
from storage.ids import new_id
from storage.outbox import emit

EDITING = 0x73686C66  # any number: who changes draft or edition takes turns

_LAY_OUT = """
INSERT INTO shelf_placing (app_id, place, categories, life_events, least_level, ages)
SELECT app_id, place, categories, life_events, least_level, ages FROM jsonb_to_recordset($1::jsonb) AS x
(app_id text, place int, categories text[], life_events text[], least_level smallint, ages text[])
"""


async def edit(actor: Actor, edit: Edit, *, revision: UUID | None, now: datetime) -> ShelfDraft:
    """Change the draft, which begins as a copy of what is in force.

    Shape: `revision` of the draft that the actor saw, None when there was none.  A change that is made
        already, and nothing else, is answered with the draft as it is: a retry changes nothing.
    Raises: ScopeMissing; ShelfDraftChanged when others changed it since; ShelfRefused naming all problems.
    """
    check_operator(actor)
    async with transaction():
        await _take_turn()
        row = await queries.draft()
        before = queries.whole(row) if row is not None else queries.whole(await queries.current())
        after = rules.apply(before, edit)
        if row is not None and row.revision != revision and after == before:
            return row
        if (row.revision if row is not None else None) != revision:
            raise ShelfDraftChanged
        await _check(after)
        return await _keep(actor, row, after, now=now)


async def _keep(actor: Actor, row: ShelfDraft | None, shelf: Shelf, *, now: datetime) -> ShelfDraft:
    front, placings = _texts(shelf)
    if row is None:
        last = await queries.current()
        row = ShelfDraft(based_on=last.number if last else 0)
    row.revision, row.front, row.placings = new_id(), front, placings
    row.edited_by, row.edited_at = actor.person_id, now
    await row.save()
    await audit.record(actor, "shelf.edit", f"shelf_draft/{row.revision}", now=now)
    return row


async def discard(actor: Actor, *, revision: UUID, now: datetime) -> None:
    """Throw the draft away; one that is gone already stays gone.

    Raises: ScopeMissing, ShelfDraftChanged.
    """
    check_operator(actor)
    async with transaction():
        await _take_turn()
        row = await queries.draft()
        if row is None:
            return
        if row.revision != revision:
            raise ShelfDraftChanged
        await row.remove()
        await audit.record(actor, "shelf.discard", f"shelf_draft/{revision}", now=now)


async def publish(actor: Actor, *, revision: UUID, note: str, key: str, now: datetime) -> ShelfEdition:
    """Put the draft in force, all of it at once; the same key again is the same edition.

    Raises: ScopeMissing, InvalidInput, ShelfNothingDrafted, ShelfDraftChanged, ShelfRefused.
    """
    check_operator(actor)
    said = _said(note, key)
    async with transaction():
        await _take_turn()
        before = await queries.published_under(key)
        if before is not None:
            return before
        row = await queries.draft()
        if row is None:
            raise ShelfNothingDrafted
        if row.revision != revision:
            raise ShelfDraftChanged
        shelf = queries.whole(row)
        await _check(shelf)
        await row.remove()
        made = await _bring(actor, "shelf.publish", shelf, said, key, now=now)
    queries.forget_in_force()
    return made


async def roll_back(actor: Actor, number: int, *, reason: str, key: str, now: datetime) -> ShelfEdition:
    """Put a former edition in force again, as a new one; the draft stays as it is.

    Raises: ScopeMissing, InvalidInput, EditionNotFound.
    """
    check_operator(actor)
    said = _said(reason, key)
    async with transaction():
        await _take_turn()
        before = await queries.published_under(key)
        if before is not None:
            return before
        former = await queries.edition(actor, number)
        shelf = queries.whole(former)
        made = await _bring(actor, "shelf.roll_back", shelf, said, key, restores=number, now=now)
    queries.forget_in_force()
    return made


async def seed(*, now: datetime) -> None:
    """Publish the shelf that ships with the program, unless one was ever published."""
    async with transaction():
        await _take_turn()
        if await queries.current() is None:
            await _bring(WORKER, "shelf.publish", SHIPPED, "随平台提供的目录", "shipped", now=now)


async def _bring(
    actor: Actor, act: str, shelf: Shelf, note: str, key: str, *, restores: int | None = None, now: datetime
) -> ShelfEdition:
    """Make a shelf the edition in force."""
    last = await queries.current()
    front, placings = _texts(shelf)
    row = ShelfEdition(
        number=last.number + 1 if last else 1, front=front, placings=placings, note=note, restores=restores,
        published_by=actor.person_id, published_at=now, key=key,
    )  # fmt: skip
    await row.save()
    await execute("DELETE FROM shelf_placing")
    await execute(_LAY_OUT, placings)
    await audit.record(actor, act, f"shelf_edition/{row.number}", note, now=now)
    await emit(ShelfPublished(party_id=None, edition_id=row.id, at=now), now=now)
    return row


async def _take_turn() -> None:
    await execute("SELECT pg_advisory_xact_lock($1)", EDITING)


async def _check(shelf: Shelf) -> None:
    problems = rules.problems(shelf, await queries.known(shelf))
    if problems:
        raise ShelfRefused(problems)


def _texts(shelf: Shelf) -> tuple[str, str]:
    return msgspec.json.encode(shelf.front).decode(), msgspec.json.encode(shelf.placings).decode()


def _said(note: str, key: str) -> str:
    rules.key(key)
    return words("note", note, rules.LONGEST_REASON, least=1)
