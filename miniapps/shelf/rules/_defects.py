"""The life of a defect, as a table.  Pure."""

from collections.abc import Mapping
from enum import StrEnum

from miniapps.shelf.errors import DefectMoveRefused

LONGEST_TITLE, LONGEST_STEPS, LONGEST_NOTE = 60, 2000, 1000  # characters


class Severity(StrEnum):
    """How bad a defect is."""

    BLOCKER = "blocker"  # nobody can go on
    MAJOR = "major"  # some cannot, or something wrong is told
    MINOR = "minor"
    TRIVIAL = "trivial"  # a slip of the pen


class DefectState(StrEnum):
    """Where a defect stands (缺陷库)."""

    NEW = "new"
    CONFIRMED = "confirmed"
    FIXING = "fixing"
    FIXED = "fixed"
    CLOSED = "closed"
    DUPLICATE = "duplicate"
    NOT_A_DEFECT = "not_a_defect"


class Side(StrEnum):
    """Who moves a defect or says something about it."""

    TESTER = "tester"  # 体验官, who reported it
    TEAM = "team"  # of the mini-app
    OPERATOR = "operator"


_OPERATOR, _TEAM = frozenset({Side.OPERATOR}), frozenset({Side.TEAM})

MOVES: Mapping[DefectState, Mapping[DefectState, frozenset[Side]]] = {
    DefectState.NEW: {
        DefectState.CONFIRMED: _OPERATOR,
        DefectState.DUPLICATE: _OPERATOR,
        DefectState.NOT_A_DEFECT: _OPERATOR,
    },
    DefectState.CONFIRMED: {
        DefectState.FIXING: _TEAM,
        DefectState.DUPLICATE: _OPERATOR,
        DefectState.NOT_A_DEFECT: _OPERATOR,
    },
    DefectState.FIXING: {
        DefectState.FIXED: _TEAM,
        DefectState.CONFIRMED: _TEAM | _OPERATOR,  # put aside again
    },
    DefectState.FIXED: {
        DefectState.CLOSED: _OPERATOR,
        DefectState.CONFIRMED: _OPERATOR,  # it is not gone
    },
    DefectState.CLOSED: {DefectState.CONFIRMED: _OPERATOR},  # it came back
    DefectState.DUPLICATE: {DefectState.NEW: _OPERATOR},  # it was another one after all
    DefectState.NOT_A_DEFECT: {DefectState.NEW: _OPERATOR},  # a second look
}


def check_move(now: DefectState, to: DefectState, by: Side) -> None:
    """Refuse a move the table does not have, or has for another side.

    Raises: DefectMoveRefused.
    """
    if by not in MOVES[now].get(to, frozenset()):
        raise DefectMoveRefused(now=now, to=to)
