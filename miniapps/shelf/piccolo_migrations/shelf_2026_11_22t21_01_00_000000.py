"""By which host app a mini-app on the shelf opens."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns.column_types import Varchar
from piccolo.columns.indexes import IndexMethod


ID = "2026-11-22T21:01:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "hosts of the shelf"


async def forwards():
    manager = MigrationManager(
        migration_id=ID, app_name="shelf", description=DESCRIPTION
    )

    manager.add_column(
        table_class_name="ShelfEntry",
        tablename="shelf_entry",
        column_name="min_host_version",
        db_column_name="min_host_version",
        column_class_name="Varchar",
        column_class=Varchar,
        params={
            "length": 13,
            "default": "1.0",
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
