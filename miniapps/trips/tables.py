"""Visits, verdicts and what the citizen says to them.  Rows are only ever added."""

from piccolo.columns import (
    UUID,
    Boolean,
    Bytea,
    Date,
    ForeignKey,
    Integer,
    OnDelete,
    Timestamptz,
    Varchar,
)
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from miniapps.cases.tables import Case
from miniapps.trips.rules import Bearing, Cause, EvidenceKind, PlaceKind, Promise, Rule, Source, Verdict
from storage.checks import one_of
from storage.db import DB
from storage.ids import new_id


class Visit(Table, db=DB, tablename="visit"):
    """One time that somebody went somewhere for a case (跑动), or that officials came to see."""

    id = UUID(primary_key=True, default=new_id)
    party_id = UUID()
    case_id = ForeignKey(Case, null=False, on_delete=OnDelete.restrict)
    cause = Varchar(32, choices=Cause)
    place_kind = Varchar(16, choices=PlaceKind)
    place_id = UUID(null=True, default=None)  # hall or department
    place_words = Bytea()  # its name or address, sealed: where a person went is his own matter
    door = Bytea()  # blind: equal for equal doors, so that one trip recorded twice counts once
    source = Varchar(16, choices=Source)
    evidence_kind = Varchar(16, choices=EvidenceKind)
    evidence_reference = Varchar(80, default="")  # ticket or record number
    evidence_sha256 = Varchar(64, null=True, default=None)
    visited_at = Timestamptz()
    visited_on = Date()  # the same, as a date in Asia/Shanghai
    recorded_by = UUID()  # person
    recorded_for = UUID()  # the department of his post, or the party itself
    recorded_at = Timestamptz()
    key = Varchar(80)  # idempotency key of the recorder

    visit_once_per_recorder_and_key = Unique([party_id, recorded_by, key])
    visit_cause_is_known = Check(one_of("cause", Cause))
    visit_place_kind_is_known = Check(one_of("place_kind", PlaceKind))
    visit_source_is_known = Check(one_of("source", Source))
    visit_evidence_kind_is_known = Check(one_of("evidence_kind", EvidenceKind))


class TripVerdict(Table, db=DB, tablename="trip_verdict"):
    """How often the citizen travelled for a case, as far as was known at that time."""

    id = UUID(primary_key=True, default=new_id)
    party_id = UUID()
    case_id = ForeignKey(Case, null=False, on_delete=OnDelete.restrict)
    version = Integer()  # 1, 2 …: evidence that comes late makes the next one
    latest = Boolean(default=True)  # the only column that ever changes
    verdict = Varchar(16, choices=Verdict)
    trips = Integer()  # as many as are shown
    declared_trips = Integer()  # what the item's version promised
    promise = Varchar(16, choices=Promise)
    told = Boolean()  # the citizen was told of this version
    judged_at = Timestamptz()

    trip_verdict_version_is_unique = Unique([party_id, case_id, version])
    trip_verdict_is_known = Check(one_of("verdict", Verdict))
    trip_verdict_promise_is_known = Check(one_of("promise", Promise))
    trip_verdict_agrees_with_trips = Check(
        "(verdict = 'one') = (trips = 1) AND (verdict = 'many') = (trips > 1) AND trips >= 0"
    )


class VerdictReason(Table, db=DB, tablename="trip_verdict_reason"):
    """One finding a verdict rests on, and the row it says it about."""

    id = UUID(primary_key=True, default=new_id)
    party_id = UUID()
    verdict_id = ForeignKey(TripVerdict, null=False, on_delete=OnDelete.restrict)
    rule = Varchar(16, choices=Rule)
    bearing = Varchar(8, choices=Bearing)
    row_kind = Varchar(32)  # the table
    row_id = UUID()

    trip_verdict_reason_once = Unique([party_id, verdict_id, rule, row_kind, row_id])
    trip_verdict_reason_rule_is_known = Check(one_of("rule", Rule))
    trip_verdict_reason_bearing_is_known = Check(one_of("bearing", Bearing))


class TripAnswer(Table, db=DB, tablename="trip_answer"):
    """What the citizen said to a verdict: itself a piece of evidence."""

    id = UUID(primary_key=True, default=new_id)
    party_id = UUID()
    case_id = ForeignKey(Case, null=False, on_delete=OnDelete.restrict)
    verdict_id = ForeignKey(TripVerdict, null=False, on_delete=OnDelete.restrict)  # the one he saw
    agrees = Boolean()
    remark = Bytea(null=True, default=None)  # sealed
    person_id = UUID()
    answered_at = Timestamptz()
    key = Varchar(80)  # idempotency key

    trip_answer_once_per_key = Unique([party_id, key])
