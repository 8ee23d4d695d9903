"""Reads.  Who sees how a mini-app does: its team and operators."""

from miniapps.insight.queries.figures import Point, Usage, points, usage
from miniapps.insight.queries.health import AppHealth, course, health
from miniapps.insight.queries.lately import Call, calls
from miniapps.insight.queries.noticed import problems
from miniapps.insight.queries.sums import Totals, people, totals, troubles
from miniapps.insight.rules.counting import People

__all__ = [
    "AppHealth",
    "Call",
    "People",
    "Point",
    "Totals",
    "Usage",
    "calls",
    "course",
    "health",
    "people",
    "points",
    "problems",
    "totals",
    "troubles",
    "usage",
]
