"""Reads of cases.  What an actor asks for starts from `visible_to`."""

from miniapps.cases.queries._batches import (
    all_materials_of,
    clocks_of,
    corrections_of,
    decisions_of,
    stops_of,
    timelines_of,
)
from miniapps.cases.queries._cases import (
    OF_PARTY,
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
    was_discarded,
)
from miniapps.cases.queries._clocks import (
    LateClock,
    clocks,
    ended_stops,
    late_clocks,
    open_clocks,
    still_open,
    stops,
)
from miniapps.cases.queries._handing_in import DraftRead, HeldRead, draft, held
from miniapps.cases.queries._records import (
    corrections,
    decision,
    materials_of,
    outstanding,
    timeline,
    used_before,
)

__all__ = [
    "OF_PARTY", "DraftRead", "HeldRead", "LateClock",
    "all_materials_of", "by_ids", "by_number", "clocks", "clocks_of", "command", "commitment_bar",
    "corrections", "corrections_of", "decision", "decisions_of", "desk", "draft",
    "ended_stops", "get", "held", "is_authorised", "late_clocks", "lock", "lock_all", "materials_of",
    "open_clocks", "outstanding", "page", "still_open", "stops", "stops_of", "timeline", "timelines_of",
    "used_before", "visible_to", "was_discarded",
]  # fmt: skip
