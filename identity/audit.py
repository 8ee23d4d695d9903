"""Audit: who did or read what, for whom and why.  Rows are only ever added.

An act, and a staff member's look at somebody's data, is stored in the verb's own transaction or at least
before the answer leaves.  Only a citizen's look at his own data, or his mini-app's call, may wait ≤ 100 ms.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager
from contextvars import Context
from datetime import datetime
from typing import NamedTuple
from uuid import UUID as Id

from msgspec import Struct
from msgspec.structs import replace
from piccolo.columns import UUID, Array, Text, Timestamptz, Varchar
from piccolo.table import Table

from identity.actor import Actor
from identity.audit_buffer import Buffer
from identity.closure import check_open
from identity.events import MandateUsed
from identity.visibility import Same, Visibility, where
from storage.db import DB, execute
from storage.ids import new_id
from storage.outbox import emit
from storage.paging import Page, page
from storage.unnest import Rows, unnest


class AuditRow(Table, db=DB, tablename="audit_row"):
    """One act or look.  The role `app` may insert and select; nobody may change or remove."""

    id = UUID(primary_key=True, default=new_id)
    party_id = UUID()  # whose data was touched
    at = Timestamptz()
    person_id = UUID()  # who acted
    acting_for = UUID()  # himself, a firm, or the department of his post
    roles = Array(base_column=Varchar())
    session_id = UUID(null=True, default=None)
    app_id = Varchar(64, null=True, default=None)
    delegation_id = UUID(null=True, default=None)
    act = Varchar(80)  # dotted, e.g. case.decide; a look ends in .read
    object = Varchar(200)  # kind and id, e.g. case/0193…; never personal data
    basis = Text(null=True, default=None)  # the legal basis or reason, where one is needed


OF_PARTY: Visibility = ((Same(AuditRow.party_id, "acting_for"),),)


class _Entry(Struct, frozen=True):
    """A row on its way."""

    actor: Actor
    party_id: Id
    act: str
    object: str
    basis: str | None
    at: datetime


_Row = tuple[Id, _Entry]  # the id is made once, so that storing it twice stores it once


class Line(NamedTuple):
    """The values of a row about to be added, but for its party."""

    id: Id
    at: datetime
    person_id: Id
    acting_for: Id
    roles: str  # with commas between
    session_id: Id | None
    app_id: str | None
    delegation_id: Id | None
    act: str
    object: str
    basis: str | None


def line(
    actor: Actor, act: str, object: str, basis: str | None = None, *, now: datetime, id: Id | None = None
) -> Line:
    """Return a row for a statement that adds it together with what was done."""
    return Line(
        id=id or new_id(), at=now, person_id=actor.person_id, acting_for=actor.acting_for,
        roles=",".join(sorted(actor.roles)), session_id=actor.session_id, app_id=actor.app_id,
        delegation_id=actor.delegation_id, act=act, object=object, basis=basis,
    )  # fmt: skip


def insert_lines(source: str) -> str:
    """Return the INSERT of the rows in `source`, an item of FROM with `party_id` and the columns of Line."""
    return (
        "INSERT INTO audit_row (id, party_id, at, person_id, acting_for, roles, session_id, app_id,"  # noqa: S608
        " delegation_id, act, object, basis) SELECT id, party_id, at, person_id, acting_for,"
        " string_to_array(roles, ','), session_id, app_id, delegation_id, act, object, basis"
        f" FROM {source}"
    )


async def record(
    actor: Actor, act: str, object: str, basis: str | None = None, *, now: datetime,
    party_id: Id | None = None,
) -> None:  # fmt: skip
    """Add one row in the caller's transaction.

    `party_id` is whose data was touched; left out, it is the party the actor acts for, which is
    right for a citizen and wrong for a clerk at a citizen's case.
    What is done by a mandate stands under both, and the principal is told.
    """
    entry = _Entry(actor, party_id or actor.acting_for, act, object, basis, now)
    if actor.delegation_id is None or entry.party_id != actor.acting_for:
        await _insert([(new_id(), entry)])
        return
    await _insert([(new_id(), entry), (new_id(), replace(entry, party_id=actor.person_id))])
    used = MandateUsed(
        party_id=entry.party_id, mandate_id=actor.delegation_id, person_id=actor.person_id, act=act,
        object=object, at=now,
    )  # fmt: skip
    await emit(used, now=now)


async def record_read(
    actor: Actor, act: str, object: str, basis: str | None = None, *, now: datetime,
    party_id: Id | None = None,
) -> None:  # fmt: skip
    """Note that `actor` saw `object`.

    A citizen's look at his own data is buffered when this process runs `buffered_reads`; every other
    look is stored before this returns.
    Raises: AuditBehind for staff, while the proof of the audit is missing for too long.
    """
    storing = note_read(actor, act, object, basis, now=now, party_id=party_id)
    if storing is not None:
        await storing


def note_read(
    actor: Actor, act: str, object: str, basis: str | None = None, *, now: datetime,
    party_id: Id | None = None,
) -> Awaitable[None] | None:  # fmt: skip
    """Note that `actor` saw `object`; None: it is buffered, else await what stores it.

    Raises: AuditBehind as `record_read` does.
    """
    check_open(actor)
    entry = _Entry(actor, party_id or actor.acting_for, act, object, basis, now)
    return None if _may_wait(entry) else _insert([(new_id(), entry)])


async def record_soon(actor: Actor, act: str, object: str, *, now: datetime) -> None:
    """Note what `actor`, for himself, has a mini-app do: it may wait as a look of his own may.

    Buffered when the caller next waits, so that whom he asks begins first.
    """
    entry = _Entry(actor, actor.acting_for, act, object, None, now)
    if _buffer is None or _buffer.is_full():
        await _insert([(new_id(), entry)])
    else:
        asyncio.get_running_loop().call_soon(_buffer.add, entry)


async def record_reads(actor: Actor, act: str, seen: Sequence[tuple[str, Id]], *, now: datetime) -> None:
    """Note that `actor` saw several objects, each with whose it is; stored as `record_read` does, at once.

    Raises: AuditBehind as `record_read` does.
    """
    check_open(actor)
    entries = [_Entry(actor, party_id, act, object, None, now) for object, party_id in seen]
    at_once = [(new_id(), entry) for entry in entries if not _may_wait(entry)]
    if at_once:
        await _insert(at_once)


def _may_wait(entry: _Entry) -> bool:
    """Leave the entry to the buffer, if it is one that may wait and there is room."""
    if _buffer is None or not _is_own(entry) or _buffer.is_full():
        return False
    _buffer.add(entry)
    return True


def _is_own(entry: _Entry) -> bool:
    return entry.actor.is_only_citizen and _same(entry.party_id, entry.actor.person_id)


def _same(one: Id, other: Id) -> bool:
    return one is other or one == other  # mostly it is the very object, and comparing two is slow


async def of_party(actor: Actor, *, first: int, after: Id | None) -> Page[AuditRow]:
    """Return who touched the data of the party the actor acts for, newest first."""
    mine = AuditRow.objects().where(where(OF_PARTY, actor))
    return await page(mine, AuditRow.id, first=first, after=after)


_buffer: Buffer[_Entry] | None = None


@asynccontextmanager
async def buffered_reads() -> AsyncIterator[None]:
    """Buffer citizens' own reads while inside: the api's lifespan enters this after connecting."""
    global _buffer
    buffer = _buffer = Buffer(lambda rows: _insert(rows))
    flusher = asyncio.get_running_loop().create_task(buffer.run(), context=Context())
    try:
        yield
    finally:
        _buffer = None
        buffer.end()
        await flusher


LINES = Rows(Line)
WHOLE = insert_lines(
    f"{unnest(*LINES.types, 'uuid')} AS made ({LINES.names}, party_id) ON CONFLICT DO NOTHING"
)


async def _insert(rows: Sequence[_Row]) -> None:
    plain = [row for row in rows if _is_plain(row[1])]
    if plain:
        await _insert_plain(plain)
    if len(plain) < len(rows):
        await _insert_whole([row for row in rows if not _is_plain(row[1])])


def _is_plain(entry: _Entry) -> bool:
    """Say whether half of the columns follow from the others: a citizen at his own, as most rows are."""
    return (
        _is_own(entry)
        and entry.basis is None
        and _same(entry.party_id, entry.actor.acting_for)
        and entry.actor.delegation_id is None
    )


PLAIN = (
    "INSERT INTO audit_row (id, party_id, at, person_id, acting_for, roles, session_id, act, object)"  # noqa: S608
    " SELECT i, p, t, p, p, ARRAY['citizen'], s, ac, o"
    f" FROM {unnest('uuid', 'uuid', 'timestamptz', 'uuid', 'text', 'text')}"
    " AS made (i, p, t, s, ac, o) ON CONFLICT DO NOTHING"
)


async def _insert_plain(rows: Sequence[_Row]) -> None:
    entries = [entry for _, entry in rows]
    await execute(
        PLAIN, [id for id, _ in rows], [entry.party_id for entry in entries], [entry.at for entry in entries],
        [entry.actor.session_id for entry in entries], [entry.act for entry in entries],
        [entry.object for entry in entries],
    )  # fmt: skip


async def _insert_whole(rows: Sequence[_Row]) -> None:
    lines = [line(e.actor, e.act, e.object, e.basis, now=e.at, id=id) for id, e in rows]
    await execute(WHOLE, *LINES.arguments(lines), [entry.party_id for _, entry in rows])
