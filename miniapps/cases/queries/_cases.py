"""Reading cases, and what decides who may do what with them."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from piccolo.columns.combination import WhereRaw
from piccolo.custom_types import Combinable

from identity.actor import Actor
from identity.roles import Role
from identity.visibility import Among, Holds, Same, Visibility, where
from miniapps.cases.errors import CaseNotFound
from miniapps.cases.rules import CaseState
from miniapps.cases.tables import Authorisation, Case, CaseCommand, CommitmentBar
from storage import paging
from storage.db import fetch
from storage.paging import Page

OF_PARTY: Visibility = (
    (Holds(Role.CITIZEN), Same(Case.party_id, "acting_for"), Among(Case.code)),
    (Holds(Role.CLERK), Same(Case.department_id, "acting_for")),
    (Holds(Role.CLERK), Same(Case.received_by, "acting_for")),
)
"""A party sees its cases; a clerk those his department decides or received.  A draft has no department."""

OF_APP: Visibility = (
    (Holds(Role.CITIZEN), Same(Case.party_id, "acting_for"), Same(Case.app_id, "app_id"), Among(Case.code)),
)
"""A mini-app on a citizen's behalf sees only the cases that were opened in it."""

AT_DESK: Visibility = ((Holds(Role.CLERK), Same(Case.department_id, "acting_for")),)
"""The work queue holds what the department decides, not what it has merely received."""

HAS_OVERDUE_CLOCK = (
    "EXISTS (SELECT 1 FROM case_clock WHERE case_clock.party_id = case_file.party_id"
    " AND case_clock.case_id = case_file.id AND case_clock.overdue_at IS NOT NULL)"
)


def visible_to(actor: Actor) -> Combinable:
    """Return the condition for the cases that `actor` may see."""
    return where(rule_for(actor), actor)


def rule_for(actor: Actor) -> Visibility:
    """Return the rule for the cases that `actor` may see."""
    return OF_PARTY if actor.app_id is None else OF_APP


async def get(actor: Actor, case_id: UUID) -> Case:
    """Return a case.

    Raises: CaseNotFound when there is none or it is not for this actor.
    """
    case = await Case.objects().where(visible_to(actor), Case.id == case_id).first()
    if case is None:
        raise CaseNotFound(case_id=case_id)
    return case


async def lock(actor: Actor, case_id: UUID) -> Case:
    """Return a case, its row locked until the transaction ends.

    Raises: CaseNotFound when there is none or it is not for this actor.
    """
    case = await Case.objects().where(visible_to(actor), Case.id == case_id).lock_rows().first()
    if case is None:
        raise CaseNotFound(case_id=case_id)
    return case


async def by_ids(actor: Actor, ids: Iterable[UUID]) -> dict[UUID, Case]:
    """Return the visible cases among `ids`, for loaders."""
    cases = await Case.objects().where(visible_to(actor), WhereRaw("{} = ANY({})", Case.id, list(ids)))
    return {case.id: case for case in cases}


async def lock_all(ids: Iterable[UUID]) -> list[UUID]:
    """Lock cases for our own workers, in the order of their ids so that two lockers never cross."""
    rows = await fetch("SELECT id FROM case_file WHERE id = ANY($1) ORDER BY id FOR UPDATE", list(ids))
    return [row["id"] for row in rows]


async def page(
    actor: Actor, *, state: CaseState | None = None, first: int, after: UUID | None = None
) -> Page[Case]:
    """Return the visible cases, newest first; with `state`, only those in it."""
    mine = Case.objects().where(visible_to(actor))
    if state is not None:
        mine = mine.where(Case.state == state)
    return await paging.page(mine, Case.id, first=first, after=after)


async def desk(
    actor: Actor, *, states: Iterable[CaseState], overdue: bool = False, first: int, after: UUID | None = None
) -> Page[Case]:
    """Return the work queue of the clerk's department: cases it decides, newest first.

    `overdue`: only those with a clock that ran out before its work was done.
    """
    queue = Case.objects().where(
        where(AT_DESK, actor), WhereRaw("{} = ANY({})", Case.state, [str(state) for state in states])
    )
    if overdue:
        queue = queue.where(WhereRaw(HAS_OVERDUE_CLOCK))
    return await paging.page(queue, Case.id, first=first, after=after)


async def by_number(actor: Actor, number: str) -> Case | None:
    """Return the visible case with this 21-digit number, if any."""
    return await Case.objects().where(visible_to(actor), Case.number == number).first()


async def command(party_id: UUID, app_id: str, key: str) -> CaseCommand:
    """Return the command that used an idempotency key; `app_id` is empty for none of a mini-app."""
    found = (
        await CaseCommand.objects()
        .where(CaseCommand.party_id == party_id, CaseCommand.app_id == app_id, CaseCommand.key == key)
        .first()
    )
    assert found is not None, "a key that conflicts is there"
    return found


async def was_discarded(actor: Actor, case_id: UUID) -> bool:
    """Say whether there was such a draft that the actor might have deleted, and it is gone.

    What remains of it is the command that opened it, which does not name its item: so whoever acts for some
    items only is told nothing, and a mini-app knows what it opened itself.
    """
    if not actor.is_a(Role.CITIZEN) or actor.codes is not None:
        return False
    mine = [CaseCommand.party_id == actor.acting_for, CaseCommand.case_id == case_id]
    if actor.app_id is not None:
        mine.append(CaseCommand.app_id == actor.app_id)
    return await CaseCommand.exists().where(*mine) and not await Case.exists().where(Case.id == case_id)


async def is_authorised(department_id: UUID, case: Case, *, on: date) -> bool:
    """Say whether the competent organ lets this department act in its name on that day."""
    return await Authorisation.exists().where(
        Authorisation.competent_id == case.department_id,
        Authorisation.authorised_id == department_id,
        Authorisation.code.is_null() | (Authorisation.code == case.code),
        Authorisation.valid_from <= on,
        Authorisation.valid_until.is_null() | (Authorisation.valid_until >= on),
    )


async def commitment_bar(party_id: UUID) -> str | None:
    """Return why promises are not taken from this party at present; None: they are."""
    bar = CommitmentBar.select(CommitmentBar.reason).where(
        CommitmentBar.party_id == party_id, CommitmentBar.repaired_at.is_null()
    )
    row = await bar.first()
    return None if row is None else str(row["reason"])
