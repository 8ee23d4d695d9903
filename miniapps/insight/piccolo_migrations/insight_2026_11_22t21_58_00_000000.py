"""Pages tell that they were seen, and that something happened on them."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns.column_types import Integer
from piccolo.columns.indexes import IndexMethod

ID = "2026-11-22T21:58:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "views and events of pages"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="insight", description=DESCRIPTION)

    for name in ("page_views", "page_events"):
        manager.add_column(
            table_class_name="AppUsage",
            tablename="app_usage",
            column_name=name,
            db_column_name=name,
            column_class_name="Integer",
            column_class=Integer,
            params={
                "default": 0,
                "null": False,
                "primary_key": False,
                "unique": False,
                "index": False,
                "index_method": IndexMethod.btree,
                "choices": None,
                "db_column_name": None,
                "secret": False,
            },
            schema=None,
        )
    return manager
