"""The life, number, clocks and preparation of a case: pure, no I/O, no clock of its own."""

from miniapps.cases.rules._number import check_digit, is_number, number
from miniapps.cases.rules._states import (
    ENDED,
    HANDS,
    IN_PROGRESS,
    MOVES,
    REFUSED,
    CaseState,
    Hand,
    Verb,
    move,
)
from miniapps.cases.rules._words import Clock, Decline, Outcome, Way

__all__ = [
    "ENDED", "HANDS", "IN_PROGRESS", "MOVES", "REFUSED",
    "CaseState", "Clock", "Decline", "Hand", "Outcome", "Verb", "Way",
    "check_digit", "is_number", "move", "number",
]  # fmt: skip
