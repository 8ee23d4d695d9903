"""Where back ends are called.  It belongs to no citizen: a reference table in a sharded database."""

from piccolo.columns import UUID, Boolean, ForeignKey, OnDelete, Text, Timestamptz, Varchar
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from miniapps.catalog.rules import Environment
from miniapps.catalog.tables import MiniApp
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


TABLES: list[type[Table]] = [AppUpstream]
