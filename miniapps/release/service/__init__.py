"""Verbs of releases: promote, roll back, halt, switch off and on, open, let testers try."""

from miniapps.release.service._halting import consider, tell_of_halt, tell_of_switch
from miniapps.release.service._opening import Opening, Terms, open_, terms
from miniapps.release.service._pins import sweep
from miniapps.release.service._playing import play
from miniapps.release.service._promoting import promote, release, roll_back
from miniapps.release.service._revoking import revoke
from miniapps.release.service._switching import switch_off, switch_on
from miniapps.release.service._trying import end_trial, end_trials, let_try, prolong_trials

__all__ = [
    "Opening", "Terms", "consider", "end_trial", "end_trials", "let_try", "open_", "play", "prolong_trials",
    "promote", "release", "revoke", "roll_back", "sweep", "switch_off", "switch_on", "tell_of_halt",
    "tell_of_switch", "terms",
]  # fmt: skip
