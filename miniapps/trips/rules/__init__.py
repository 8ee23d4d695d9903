"""The rules of trips: pure, no clock, no database.  Source: the promise 最多跑一次 and its proof.

`judge` turns the rows of a closed case into a verdict with its reasons; the `check_…` functions say
what may be recorded as a visit.
"""

from miniapps.trips.rules._facts import (
    AnswerFact,
    CaseFacts,
    Evidence,
    Finding,
    Judgement,
    MaterialFact,
    Place,
    VisitFact,
)
from miniapps.trips.rules._judge import SAMPLED_PER_CENT, count_trips, is_sampled, is_waiting, judge
from miniapps.trips.rules._visits import (
    COUNTER,
    LONGEST_KEY,
    LONGEST_PLACE,
    LONGEST_REMARK,
    causes_in_words,
    check_evidence,
    check_source,
    check_text,
    check_time,
    door,
)
from miniapps.trips.rules._words import (
    CAUSE_WORDS,
    EXPLANATIONS,
    Bearing,
    Cause,
    EvidenceKind,
    PlaceKind,
    Promise,
    Rule,
    Source,
    Verdict,
)

__all__ = [
    "CAUSE_WORDS",
    "COUNTER",
    "EXPLANATIONS",
    "LONGEST_KEY",
    "LONGEST_PLACE",
    "LONGEST_REMARK",
    "SAMPLED_PER_CENT",
    "AnswerFact",
    "Bearing",
    "CaseFacts",
    "Cause",
    "Evidence",
    "EvidenceKind",
    "Finding",
    "Judgement",
    "MaterialFact",
    "Place",
    "PlaceKind",
    "Promise",
    "Rule",
    "Source",
    "Verdict",
    "VisitFact",
    "causes_in_words",
    "check_evidence",
    "check_source",
    "check_text",
    "check_time",
    "count_trips",
    "door",
    "is_sampled",
    "is_waiting",
    "judge",
]
