"""Evidence for verdicts."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from identity.actor import Actor
from miniapps.cases import service as cases
from miniapps.cases.rules import Outcome
from miniapps.cases.tables import Case
from miniapps.items.rules import Delivery, Result
from miniapps.trips.rules import (
    COUNTER,
    AnswerFact,
    CaseFacts,
    Cause,
    Evidence,
    EvidenceKind,
    MaterialFact,
    Place,
    PlaceKind,
    Source,
    VisitFact,
    is_sampled,
)
from storage.ids import new_id
from tests.miniapps.cases.factories import ID_CARD, LEASE, a_clerk, a_draft, a_submitted_case, an_item

NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)  # 12:00 in Shanghai

NOTHING = Result(name="核准", kind="none")
PAPERLESS = an_item(materials=(ID_CARD,), result=NOTHING)
WITH_UPLOAD = an_item(materials=(ID_CARD, LEASE), result=NOTHING)


def unsampled_id(*, sampled: bool = False) -> UUID:
    """An id that the sampling rule leaves alone, or picks."""
    return next(found for found in iter(new_id, None) if is_sampled(found) is sampled)


def a_material(**rest: Any) -> MaterialFact:
    """A certificate, reused."""
    fact = MaterialFact(id=new_id(), electronic=True, first_use=False, handed_at=NOW)
    return replace(fact, **rest)


def facts(**rest: Any) -> CaseFacts:
    """A case that went through without paper: everything it needs for `zero`."""
    perfect = CaseFacts(
        case_id=unsampled_id(),
        received_at=NOW,
        at_counter=False,
        delivery=Delivery.ELECTRONIC,
        tracked=False,
        delivered_at=NOW,
        declared_trips=0,
        materials=(a_material(),),
    )
    return replace(perfect, **rest)


def a_visit(**rest: Any) -> VisitFact:
    """A trip to a counter, recorded by the counter."""
    fact = VisitFact(id=new_id(), cause=Cause.INTERVIEW, visited_at=NOW, door=COUNTER)
    return replace(fact, **rest)


def an_answer(*, agrees: bool = True) -> AnswerFact:
    """What the citizen said."""
    return AnswerFact(id=new_id(), agrees=agrees)


async def a_closed_case(
    citizen: Actor,
    *,
    clerk: Actor | None = None,
    outcome: Outcome = Outcome.GRANTED,
    delivery: Delivery = Delivery.ELECTRONIC,
    at_window: bool = False,
    reuse: bool = False,
) -> Case:
    """A case handed in, decided and closed at noon; `reuse`: with what the wallet holds already."""
    clerk = clerk or await a_clerk()
    if reuse:
        draft = await a_draft(citizen, delivery=delivery)
        case = await cases.submit(citizen, draft.id, idempotency_key=new_id().hex, now=NOW)
    else:
        case = await a_submitted_case(citizen, delivery=delivery)
    if at_window:
        await Case.update({Case.received_by: clerk.acting_for}).where(Case.id == case.id)
    await cases.accept(clerk, case.id, now=NOW)
    await cases.review(clerk, case.id, now=NOW)
    await cases.decide(clerk, case.id, outcome, reason="条件核实", now=NOW)
    return await cases.complete(clerk, case.id, now=NOW)


def claim(*, place: str = "市民中心", key: str = "phone-1") -> dict[str, Any]:
    """What a citizen tells: I had to go."""
    kind = PlaceKind.HALL if place == "市民中心" else PlaceKind.ELSEWHERE
    return {
        "cause": Cause.INTERVIEW,
        "place": Place(kind=kind, words=place),
        "visited_at": NOW,
        "source": Source.CITIZEN,
        "evidence": Evidence(kind=EvidenceKind.STATEMENT),
        "key": key,
    }


def by_staff(*, key: str = "machine-1") -> dict[str, Any]:
    """What a ticket machine noted on the same day."""
    return {
        "cause": Cause.FINGERPRINT,
        "place": Place(kind=PlaceKind.HALL, words="市民中心", id=UUID(int=7)),
        "visited_at": NOW,
        "source": Source.TICKET_MACHINE,
        "evidence": Evidence(kind=EvidenceKind.TICKET, reference="hall-7/A012"),
        "key": key,
    }
