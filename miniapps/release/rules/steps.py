"""The kinds of steps a release takes."""

from enum import StrEnum


class StepKind(StrEnum):
    """What was done."""

    PROMOTE = "promote"
    ROLL_BACK = "roll_back"
    HALT = "halt"  # by itself
    KILL = "kill"  # the version was switched off
    REVIVE = "revive"  # and on again; nobody gets it by that alone
