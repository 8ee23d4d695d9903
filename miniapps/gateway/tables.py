"""Where back ends are called, and how often.  Of no citizen: reference tables in a sharded database."""

from piccolo.columns import UUID, Boolean, ForeignKey, Integer, OnDelete, Text, Timestamptz, Varchar
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from miniapps.catalog.rules import Environment
from miniapps.catalog.tables import MiniApp
from miniapps.gateway.rules import LEAST_PER_S, MOST_PER_S
from storage.checks import one_of
from storage.db import DB
from storage.ids import new_id


class AppUpstream(Table, db=DB, tablename="app_upstream"):
    """The address of a mini-app's back end in one environment; without one it connects outward."""

    id = UUID(primary_key=True, default=new_id)
    app = ForeignKey(MiniApp, null=False, on_delete=OnDelete.restrict)
    environment = Varchar(12, choices=Environment)
    url = Text()  # without a slash at the end: APIs are at {url}/apis/{name}
    is_signed = Boolean(default=False)  # calls carry a signature by the webhook secret, too
    set_by = UUID()  # the person
    set_at = Timestamptz()

    app_upstream_once = Unique(["app", "environment"])
    app_upstream_environment_is_known = Check(one_of("environment", Environment))


class AppQuota(Table, db=DB, tablename="app_quota"):
    """How many calls a mini-app has; without a row as many as any."""

    id = UUID(primary_key=True, default=new_id)
    app = ForeignKey(MiniApp, null=False, on_delete=OnDelete.restrict, unique=True)
    per_s = Integer()
    reason = Text()  # for the team, too
    set_by = UUID()  # the operator
    set_at = Timestamptz()

    app_quota_is_within_bounds = Check(f"per_s BETWEEN {LEAST_PER_S} AND {MOST_PER_S}")


TABLES: list[type[Table]] = [AppUpstream, AppQuota]
