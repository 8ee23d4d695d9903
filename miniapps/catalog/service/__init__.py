"""Verbs of the registry: hand versions in, review them, give them to citizens, open mini-apps."""

from miniapps.catalog.service._giving import give, release, set_state, switch_off, switch_on
from miniapps.catalog.service._opening import Opening, open_
from miniapps.catalog.service._review import approve, gate_passed, gate_refused, refuse, reopen
from miniapps.catalog.service._submission import submit, withdraw

__all__ = [
    "Opening",
    "approve",
    "gate_passed",
    "gate_refused",
    "give",
    "open_",
    "refuse",
    "release",
    "reopen",
    "set_state",
    "submit",
    "switch_off",
    "switch_on",
    "withdraw",
]
