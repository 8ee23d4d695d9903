"""The life, number, clocks and preparation of a case: pure, no I/O, no clock of its own."""

from miniapps.cases.rules._clocks import (
    LAW,
    Law,
    Limit,
    acceptance_limit,
    delivery_limit,
    due_on,
    end_of,
    may_stop,
    stopped_days,
    working_limits,
)
from miniapps.cases.rules._corrections import Defect, check_correction
from miniapps.cases.rules._number import check_digit, is_number, number
from miniapps.cases.rules._preparation import (
    NOTHING_TO_DO,
    STILL_TO_FOLLOW,
    TOLERATED_DAYS,
    Choice,
    Content,
    Settlement,
    Standing,
    serves,
    settle,
    standard_promise,
    standings,
    still_missing,
)
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
from miniapps.cases.rules._tellings import (
    CLOCKS,
    DECIDED,
    DECLINED,
    LITIGATION,
    OVERDUE,
    OVERDUE_AT_DESK,
    PAPER_DUE,
    REVIEW,
    TELLINGS,
    Telling,
    fill,
)
from miniapps.cases.rules._words import Clock, Decline, Outcome, Way

__all__ = [
    "CLOCKS", "DECIDED", "DECLINED", "ENDED", "HANDS", "IN_PROGRESS", "LAW", "LITIGATION", "MOVES",
    "NOTHING_TO_DO", "OVERDUE", "OVERDUE_AT_DESK", "PAPER_DUE", "REFUSED", "REVIEW", "STILL_TO_FOLLOW",
    "TELLINGS", "TOLERATED_DAYS",
    "CaseState", "Choice", "Clock", "Content", "Decline", "Defect", "Hand", "Law", "Limit", "Outcome",
    "Settlement", "Standing", "Telling", "Verb", "Way",
    "acceptance_limit", "check_correction", "check_digit", "delivery_limit", "due_on", "end_of", "fill",
    "is_number", "may_stop", "move", "number", "serves", "settle", "standard_promise", "standings",
    "still_missing", "stopped_days", "working_limits",
]  # fmt: skip
