"""What the applicant filled in, sealed: erasable while a draft, archived once submitted."""

from collections.abc import Awaitable
from datetime import datetime
from uuid import UUID

import msgspec

from identity import audit, keys
from identity.actor import Actor
from identity.keys import Retention
from identity.roles import Role
from miniapps.cases import queries
from miniapps.cases.rules import CaseState, Content
from miniapps.cases.tables import Case
from storage import seal as sealing
from storage.paging import Page


async def seal(case: Case, content: Content, *, retention: Retention | None = None) -> bytes:
    """Return the content sealed for this case under the party's key."""
    kept = retention or _retention(case)
    key = await keys.data_key(case.party_id, kept)
    return sealing.seal(msgspec.json.encode(content), key, aad=_aad(case, kept))


async def open_(case: Case) -> Content:
    """Return the content of a case that a query has let the actor see."""
    kept = _retention(case)
    key = await keys.data_key(case.party_id, kept)
    return msgspec.json.decode(sealing.open_(case.content, key, aad=_aad(case, kept)), type=Content)


async def look(actor: Actor, case_id: UUID, *, now: datetime) -> Case:
    """Return a case; the look at it is audited, a clerk's before he gets it.

    Raises: CaseNotFound.
    """
    case = await queries.get(actor, case_id)
    await seen(actor, case.id, case.party_id, now=now)
    return case


async def seen(actor: Actor, case_id: UUID, party_id: UUID, *, now: datetime) -> None:
    """Note that `actor` saw a case of `party_id`."""
    await audit.record_read(actor, "case.read", f"case/{case_id}", now=now, party_id=party_id)


async def look_into(actor: Actor, case_id: UUID, *, now: datetime) -> Content:
    """Return what was filled in; the look at it is audited.

    Raises: CaseNotFound.
    """
    return await open_(await look(actor, case_id, now=now))


async def look_up(actor: Actor, number: str, *, now: datetime) -> Case | None:
    """Return the visible case with this number, if any; the look at it is audited."""
    case = await queries.by_number(actor, number)
    if case is not None:
        await seen(actor, case.id, case.party_id, now=now)
    return case


async def look_over(actor: Actor, page: Page[Case], *, now: datetime) -> Page[Case]:
    """Return a page of cases whose sight is audited: a clerk's case by case, before he gets it."""
    if actor.is_a(Role.CITIZEN):
        storing = list_seen(actor, now=now)
        if storing is not None:
            await storing
    else:
        seen = [(f"case/{case.id}", UUID(str(case.party_id))) for case in page.rows]
        await audit.record_reads(actor, "case.list.read", seen, now=now)
    return page


def list_seen(actor: Actor, *, now: datetime) -> Awaitable[None] | None:
    """Note that a citizen saw his own list: one row, as it would tell him nothing to see each case in it.

    None: it is noted, else await it.
    """
    return audit.note_read(actor, "case.list.read", "cases/own", now=now)


def _retention(case: Case) -> Retention:
    return Retention.CITIZEN if case.state == CaseState.DRAFT else Retention.ARCHIVE


def _aad(case: Case, retention: Retention) -> bytes:
    return f"case:{case.id}:content:{retention}".encode()
