"""What was counted and noticed.  It belongs to no citizen: counts of mini-apps, nobody's name or id."""

from piccolo.columns import UUID, Array, Integer, Timestamptz, Varchar
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from miniapps.insight.rules.counting import Span
from storage.checks import one_of
from storage.db import DB
from storage.ids import new_id


class AppUsage(Table, db=DB, tablename="app_usage"):
    """What happened to one version of a mini-app within a minute, or within an hour long ago."""

    id = UUID(primary_key=True, default=new_id)
    app_id = Varchar(39)
    version = Varchar(20)  # as in its manifest; "": not known
    span = Varchar(6, choices=Span)
    at = Timestamptz()  # when the minute or hour began
    opens = Integer()
    consents_asked = Integer()
    consents_granted = Integer()
    consents_refused = Integer()
    calls = Integer()
    call_errors = Integer()
    page_errors = Integer()
    complaints = Integer()
    page_views = Integer()
    page_events = Integer()
    latency = Array(base_column=Integer())  # calls by time, in the classes of `rules.counting.BOUNDS_MS`

    app_usage_once = Unique(["app_id", "span", "at", "version"])
    app_usage_span_is_known = Check(one_of("span", Span))


class AppVisitor(Table, db=DB, tablename="app_visitor"):
    """Somebody who used a version lately, under a mark of which nobody can tell who it is; soon gone."""

    id = UUID(primary_key=True, default=new_id)  # the mark: a keyed hash of version and person
    app_id = Varchar(39)
    version = Varchar(20)
    seen_at = Timestamptz()  # when he did anything last; so all that follows
    called_at = Timestamptz(null=True, default=None)
    call_failed_at = Timestamptz(null=True, default=None)
    page_failed_at = Timestamptz(null=True, default=None)
    complained_at = Timestamptz(null=True, default=None)


class AppProblem(Table, db=DB, tablename="app_problem"):
    """Something the platform noticed about a version: how many, out of how many, and the limit."""

    id = UUID(primary_key=True, default=new_id)
    app_id = Varchar(39)
    version = Varchar(20)
    key = Varchar(20)  # of `rules.limits.KEYS`
    found = Integer()  # as `rules.limits.Trouble`, when it was seen last
    out_of = Integer()
    threshold = Integer()  # per mille; milliseconds for `slow_calls`
    first_seen_at = Timestamptz()
    last_seen_at = Timestamptz()
    told_at = Timestamptz()  # when the fact was told last

    app_problem_once = Unique(["app_id", "version", "key"])
