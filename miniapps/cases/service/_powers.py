"""Powers between departments, and parties whose promises are not taken."""

from datetime import date, datetime
from uuid import UUID

from banshi.errors import NotFound
from identity import audit, departments
from identity.actor import Actor
from identity.roles import Role
from miniapps.cases.errors import NotCompetent
from miniapps.cases.rules import Verb
from miniapps.cases.service._life import need_reason
from miniapps.cases.tables import Authorisation, CommitmentBar
from miniapps.items import queries as item_queries
from storage.clock import local_date
from storage.db import transaction


async def authorise(
    actor: Actor,
    department_id: UUID,
    *,
    code: str | None = None,
    basis: str,
    valid_until: date | None = None,
    now: datetime,
) -> Authorisation:
    """Let another department accept and decide in the name of the actor's own (授权/委托), from today on.

    `code` limits it to one item; `basis` names the document it rests on.
    Raises: NotCompetent when the actor is no clerk; ReasonMissing without a basis; NotFound when there is no
        such department; ItemNotFound when no such item is offered.
    """
    if not actor.is_a(Role.CLERK):
        raise NotCompetent(verb="authorise")
    written = need_reason(Verb.ACCEPT, basis)
    if not await departments.by_ids([department_id]):
        raise NotFound(what="department", id=department_id)
    if code is not None:
        await item_queries.published(code)
    async with transaction():
        power = Authorisation(
            competent_id=actor.acting_for, authorised_id=department_id, code=code, basis=written,
            valid_from=local_date(now), valid_until=valid_until,
        )  # fmt: skip
        await Authorisation.insert(power)
        await audit.record(actor, "case.authorise", f"department/{department_id}", written, now=now)
    return power


async def bar_commitments(actor: Actor, party_id: UUID, *, reason: str, now: datetime) -> None:
    """Take no promises from a party until repaired, after a false one or serious bad credit.

    Raises: NotCompetent when the actor is no clerk; ReasonMissing.
    Source: 国办发〔2020〕42号.
    """
    if not actor.is_a(Role.CLERK):
        raise NotCompetent(verb="bar")
    why = need_reason(Verb.DECLINE, reason)
    async with transaction():
        await CommitmentBar.insert(CommitmentBar(party_id=party_id, reason=why, barred_at=now))
        await audit.record(actor, "commitment.bar", f"party/{party_id}", why, now=now, party_id=party_id)


async def repair_commitments(actor: Actor, party_id: UUID, *, basis: str, now: datetime) -> None:
    """Take promises from the party again (信用修复).

    Raises: NotCompetent when the actor is no clerk; ReasonMissing.
    """
    if not actor.is_a(Role.CLERK):
        raise NotCompetent(verb="repair")
    why = need_reason(Verb.DECLINE, basis)
    async with transaction():
        bars = CommitmentBar.update({CommitmentBar.repaired_at: now})
        await bars.where(CommitmentBar.party_id == party_id, CommitmentBar.repaired_at.is_null())
        await audit.record(actor, "commitment.repair", f"party/{party_id}", why, now=now, party_id=party_id)
