"""Verbs of the registry: hand versions in, review them, give them to citizens, open mini-apps."""

from miniapps.catalog.service._giving import give, release, set_state, set_stopped, switch_off, switch_on
from miniapps.catalog.service._keys import add_key, retire_key, revoke_key
from miniapps.catalog.service._opening import Opening, open_
from miniapps.catalog.service._review import approve, gate_passed, gate_refused, refuse, reopen
from miniapps.catalog.service._submission import submit, submit_package, withdraw

__all__ = [
    "Opening",
    "add_key",
    "approve",
    "gate_passed",
    "gate_refused",
    "give",
    "open_",
    "refuse",
    "release",
    "reopen",
    "retire_key",
    "revoke_key",
    "set_state",
    "set_stopped",
    "submit",
    "submit_package",
    "switch_off",
    "switch_on",
    "withdraw",
]
