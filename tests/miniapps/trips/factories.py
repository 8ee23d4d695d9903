"""Evidence for verdicts."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from miniapps.items.rules import Delivery
from miniapps.trips.rules import (
    COUNTER,
    AnswerFact,
    CaseFacts,
    Cause,
    MaterialFact,
    VisitFact,
    is_sampled,
)
from storage.ids import new_id

NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)  # 12:00 in Shanghai


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
