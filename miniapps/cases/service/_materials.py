"""Handing in materials: settled as chosen, pinned, and each use written down."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from identity.actor import Actor
from miniapps.calendar import queries as calendar_queries
from miniapps.calendar.rules import Calendar
from miniapps.cases import queries, rules
from miniapps.cases.errors import AnswersMissing, FormInvalid, MaterialsMissing
from miniapps.cases.events import PaperFallsDue
from miniapps.cases.rules import Choice, Settlement, Way
from miniapps.cases.service._draft import Preparation
from miniapps.cases.tables import Case, CaseMaterial
from miniapps.materials import service as materials
from miniapps.materials.rules import Holding, Source, Trust
from storage.clock import local_date
from storage.outbox import emit

LOOK = timedelta(days=180)  # so long the organ may look: reconsideration 60 days, litigation six months


def settle_all(
    preparation: Preparation, choices: Mapping[str, Choice], *, standing: Collection[str] = ()
) -> list[Settlement]:
    """Return how every material is satisfied; the kinds in `standing` are handed in already.

    Raises: AnswersMissing, FormInvalid, MaterialsMissing, WayNotOffered, CommitmentBarred.
    """
    if preparation.unknown:
        raise AnswersMissing(questions=", ".join(preparation.unknown))
    if preparation.problems:
        raise FormInvalid(problems="; ".join(f"{each.field} {each.text}" for each in preparation.problems))
    settlements = [
        found
        for each in preparation.standings
        if (found := rules.settle(each, choices.get(each.material.code), bar=preparation.bar))
    ]
    missing = [
        kind for kind in rules.still_missing(preparation.standings, settlements) if kind not in standing
    ]
    if missing:
        raise MaterialsMissing(kinds=", ".join(missing))
    return settlements


async def hand_in(actor: Actor, case: Case, settlements: Sequence[Settlement], *, now: datetime) -> None:
    """Store how materials are satisfied, and write a receipt for each use of what is held."""
    reused = await queries.used_before(case.party_id, _wallet_ids(settlements))
    for settlement in settlements:
        row = pin(case, settlement, reused, now=now)
        if settlement.way is Way.TOLERATED:
            fact = await_paper(case, row, await calendar_queries.current(), now=now)
            await emit(fact, now=now, not_before=rules.end_of(row.due_on))
        if settlement.holding is not None:
            row.receipt_id = await use(actor, case, settlement.holding, now=now)
        await CaseMaterial.insert(row)


def _wallet_ids(settlements: Iterable[Settlement]) -> list[UUID]:
    return [each.holding.id for each in settlements if each.holding and each.way is Way.WALLET]


def pin(case: Case, settlement: Settlement, reused: Collection[UUID], *, now: datetime) -> CaseMaterial:
    """Return an unsaved row that says how a material is satisfied; `reused` were used in some case before."""
    material, holding = settlement.material, settlement.holding
    first_use = settlement.way is Way.WALLET and holding is not None and holding.id not in reused
    row = CaseMaterial(
        party_id=case.party_id, case_id=case.id, kind=material.code, name=material.name,
        way=Way.UPLOAD if first_use else settlement.way, promise=settlement.promise,
        electronic=settlement.way is Way.COMMITMENT, handed_at=None if _follows(case, settlement) else now,
    )  # fmt: skip
    if holding is not None:
        row.holding_id = holding.id
        row.holding_kind = holding.kind
        row.trust = holding.trust
        row.electronic = holding.electronic
    elif settlement.way is Way.PAPER and case.received_by is not None:
        row.trust = Trust.B
    return row


def _follows(case: Case, settlement: Settlement) -> bool:
    """Say whether something is still to come; a window takes the original at once."""
    at_window = settlement.way is Way.PAPER and case.received_by is not None
    return settlement.way in rules.STILL_TO_FOLLOW and not at_window


def await_paper(case: Case, row: CaseMaterial, calendar: Calendar, *, now: datetime) -> PaperFallsDue:
    """Say by when a paper that is tolerated has to be there; return the reminder of that day."""
    row.due_on = calendar.deadline(local_date(now), rules.TOLERATED_DAYS)
    return PaperFallsDue(party_id=case.party_id, case_id=case.id, at=now, material_id=row.id)


async def use(actor: Actor, case: Case, holding: Holding, *, now: datetime) -> UUID:
    """Write the receipt of one use and return its id."""
    receipt = await materials.record_use(
        actor, party_id=case.party_id, holding_id=holding.id, source=Source(holding.source), case_id=case.id,
        purpose=purpose(case), until=now + LOOK, now=now, department_id=case.department_id,
    )  # fmt: skip
    return UUID(str(receipt.id))


def purpose(case: Case) -> str:
    """Return what its materials are used for (用证事由)."""
    return f"办理“{case.title}”"[:200]
