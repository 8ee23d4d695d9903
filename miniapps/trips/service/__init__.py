"""Verbs of trips: record visits, judge closed cases, hear the citizen."""

from miniapps.trips.service._answers import confirm, remark_of
from miniapps.trips.service._judging import judge
from miniapps.trips.service._reading import read_verdict, read_verdicts, read_visits, verdict_seen
from miniapps.trips.service._visits import record_receipt, record_visit

__all__ = [
    "confirm",
    "judge",
    "read_verdict",
    "read_verdicts",
    "read_visits",
    "record_receipt",
    "record_visit",
    "remark_of",
    "verdict_seen",
]
