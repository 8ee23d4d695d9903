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
from miniapps.cases.service._together import Pinned
from miniapps.cases.tables import Case, CaseMaterial
from miniapps.materials import service as materials
from miniapps.materials.rules import Holding, Source, Trust
from storage.clock import local_date
from storage.ids import new_id
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
            row, due, end = await_paper(case, row, await calendar_queries.current(), now=now)
            await emit(due, now=now, not_before=end)
        if settlement.holding is not None:
            row = row._replace(receipt_id=await use(actor, case, settlement.holding, now=now))
        await CaseMaterial.insert(CaseMaterial(party_id=case.party_id, case_id=case.id, **row._asdict()))


def _wallet_ids(settlements: Iterable[Settlement]) -> list[UUID]:
    return [each.holding.id for each in settlements if each.holding and each.way is Way.WALLET]


def pin(case: Case, settlement: Settlement, reused: Collection[UUID], *, now: datetime) -> Pinned:
    """Return a row that says how a material is satisfied; `reused` were used in some case before."""
    material, holding, way = settlement.material, settlement.holding, settlement.way
    first_use = way is Way.WALLET and holding is not None and holding.id not in reused
    at_window = way is Way.PAPER and case.received_by is not None  # which takes the original at once
    row = Pinned(
        id=new_id(), kind=material.code, name=material.name, way=Way.UPLOAD if first_use else way,
        electronic=way is Way.COMMITMENT, promise=settlement.promise, trust=Trust.B if at_window else None,
        handed_at=None if way in rules.STILL_TO_FOLLOW and not at_window else now,
    )  # fmt: skip
    if holding is None:
        return row
    return row._replace(
        holding_id=holding.id, holding_kind=holding.kind, trust=holding.trust, electronic=holding.electronic
    )


def await_paper(
    case: Case, row: Pinned, calendar: Calendar, *, now: datetime
) -> tuple[Pinned, PaperFallsDue, datetime]:
    """Return the row with the day by which a tolerated paper has to be there; the reminder, and its time."""
    due_on = calendar.deadline(local_date(now), rules.TOLERATED_DAYS)
    reminder = PaperFallsDue(party_id=case.party_id, case_id=case.id, at=now, material_id=row.id)
    return row._replace(due_on=due_on), reminder, rules.end_of(due_on)


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
