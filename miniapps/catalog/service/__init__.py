"""Verbs of the registry: hand versions in, review them, give them to citizens."""

from miniapps.catalog.service._giving import give, set_state, set_stopped
from miniapps.catalog.service._hands import check_owner
from miniapps.catalog.service._keys import add_key, retire_key, revoke_key
from miniapps.catalog.service._receiving import submit_package
from miniapps.catalog.service._review import approve, gate_passed, gate_refused, refuse, reopen
from miniapps.catalog.service._submission import submit, withdraw

__all__ = [
    "add_key",
    "approve",
    "check_owner",
    "gate_passed",
    "gate_refused",
    "give",
    "refuse",
    "reopen",
    "retire_key",
    "revoke_key",
    "set_state",
    "set_stopped",
    "submit",
    "submit_package",
    "withdraw",
]
