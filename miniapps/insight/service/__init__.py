"""Counting what happens to mini-apps, and noticing what goes wrong."""

from miniapps.insight.service.flushing import counting, flush, leave_lines
from miniapps.insight.service.noting import Buffer, note, note_call, note_once
from miniapps.insight.service.sweeping import sweep
from miniapps.insight.service.watching import notice, notice_of

__all__ = [
    "Buffer",
    "counting",
    "flush",
    "leave_lines",
    "note",
    "note_call",
    "note_once",
    "notice",
    "notice_of",
    "sweep",
]
