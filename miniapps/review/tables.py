"""Rows of reviews.  They belong to teams and to nobody's life: who reviewed, and why, but no citizen."""

from piccolo.columns import JSONB, UUID, Boolean, Date, Integer, SmallInt, Text, Timestamptz, Varchar
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from miniapps.review.rules import Lane, LookState, ReviewState
from storage.checks import one_of
from storage.db import DB
from storage.ids import new_id


class AppLook(Table, db=DB, tablename="app_look"):
    """What the machine found when it looked at a version, and how far it is."""

    id = UUID(primary_key=True, default=new_id)
    version_id = UUID(unique=True)
    team_id = UUID()
    state = Varchar(8, choices=LookState, default=LookState.RUNNING)
    tries = SmallInt(default=1)  # that began; none counts that failed for want of browser or package
    began_at = Timestamptz()  # the first try
    tried_at = Timestamptz(null=True, default=None)  # the last one
    late_at = Timestamptz(null=True, default=None)  # when it was noticed, and told, that there is no verdict
    done_at = Timestamptz(null=True, default=None)
    took_ms = Integer(null=True, default=None)
    problem = Varchar(400, default="")  # why it waits
    findings = JSONB(default="[]")  # as `banshi.findings.Finding`
    found = Integer(default=0)  # how many there were; `findings` holds the first of them
    shots = JSONB(default="[]")  # names of pictures
    is_walled = Boolean(null=True, default=None)  # its pages ran in kernel namespaces; null: they never ran

    app_look_state_is_known = Check(one_of("state", LookState))


class AppReview(Table, db=DB, tablename="app_review"):
    """One round of a version with people: who looks, until when, what was decided, and why."""

    id = UUID(primary_key=True, default=new_id)
    version_id = UUID()
    round = SmallInt()  # from 1
    team_id = UUID()
    app_id = Varchar(39)
    name = Varchar(20)  # of the mini-app, in this version
    version = Varchar(20)
    submitted_by = UUID()
    state = Varchar(8, choices=ReviewState, default=ReviewState.WAITING)
    lane = Varchar(9, choices=Lane, default=Lane.NORMAL)
    lane_reason = Varchar(200, default="")
    queued_at = Timestamptz()
    due_on = Date()  # local date; decided by its end
    warned_at = Timestamptz(null=True, default=None)
    claimed_by = UUID(null=True, default=None)
    claimed_until = Timestamptz(null=True, default=None)
    decided_by = UUID(null=True, default=None)
    decided_at = Timestamptz(null=True, default=None)
    reasons = JSONB(default="[]")  # as `rules.Reason`
    shots = JSONB(default="[]")  # names of pictures that the reviewer took
    appeal = Varchar(1000, default="")  # why its developers want it looked at again

    app_review_round = Unique(["version_id", "round"])
    app_review_state_is_known = Check(one_of("state", ReviewState))
    app_review_lane_is_known = Check(one_of("lane", Lane))


class AppNote(Table, db=DB, tablename="app_note"):
    """What developers want reviewers to know of a version: how to try it, what changed."""

    id = UUID(primary_key=True, default=new_id)
    version_id = UUID(unique=True)
    team_id = UUID()
    text = Text()
    written_at = Timestamptz()
