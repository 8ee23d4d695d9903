"""Counting what happens to mini-apps, and noticing what goes wrong."""

from miniapps.insight.service.flushing import counting, flush
from miniapps.insight.service.noting import Buffer, note, note_error
from miniapps.insight.service.sweeping import sweep

__all__ = ["Buffer", "counting", "flush", "note", "note_error", "sweep"]
