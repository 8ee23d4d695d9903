"""Reads of cases.  What an actor asks for starts from `visible_to`."""

from miniapps.cases.queries._cases import (
    by_ids,
    by_number,
    command,
    commitment_bar,
    desk,
    get,
    is_authorised,
    lock,
    lock_all,
    page,
    visible_to,
)
from miniapps.cases.queries._clocks import (
    LateClock,
    clocks,
    clocks_of,
    ended_stops,
    late_clocks,
    open_clocks,
    still_open,
    stops,
)
from miniapps.cases.queries._records import (
    MaterialFact,
    VerdictFacts,
    corrections,
    decision,
    facts_for_verdict,
    latest_correction,
    materials_of,
    outstanding,
    timeline,
    used_before,
)

__all__ = [
    "LateClock", "MaterialFact", "VerdictFacts",
    "by_ids", "by_number", "clocks", "clocks_of", "command", "commitment_bar", "corrections", "decision",
    "desk", "ended_stops", "facts_for_verdict", "get", "is_authorised", "late_clocks", "latest_correction",
    "lock", "lock_all", "materials_of", "open_clocks", "outstanding", "page", "still_open", "stops",
    "timeline", "used_before", "visible_to",
]  # fmt: skip
