"""Verbs of releases: promote, roll back, halt, switch off and on, open."""

from miniapps.release.service._halting import consider, tell_of_halt, tell_of_switch
from miniapps.release.service._opening import Opening, open_
from miniapps.release.service._pins import sweep
from miniapps.release.service._playing import play
from miniapps.release.service._promoting import promote, release, roll_back
from miniapps.release.service._revoking import revoke
from miniapps.release.service._switching import switch_off, switch_on

__all__ = [
    "Opening", "consider", "open_", "play", "promote", "release", "revoke", "roll_back", "sweep",
    "switch_off", "switch_on", "tell_of_halt", "tell_of_switch",
]  # fmt: skip
