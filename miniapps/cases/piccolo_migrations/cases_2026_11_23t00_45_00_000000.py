"""The keys of different senders never meet."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns.column_types import Varchar
from piccolo.columns.indexes import IndexMethod
from piccolo.constraints import Unique

ID = "2026-11-23T00:45:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "commands by sender"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="cases", description=DESCRIPTION)

    manager.add_column(
        table_class_name="CaseCommand",
        tablename="case_command",
        column_name="app_id",
        db_column_name="app_id",
        column_class_name="Varchar",
        column_class=Varchar,
        params={
            "length": 64,
            "default": "",
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

    manager.add_constraint(
        table_class_name="CaseCommand",
        tablename="case_command",
        constraint_name="case_command_key_is_used_once",
        constraint_class=Unique,
        params={"columns": ["party_id", "app_id", "key"], "nulls_distinct": True},
        schema=None,
    )

    manager.drop_constraint(
        table_class_name="CaseCommand",
        tablename="case_command",
        constraint_name="case_command_key_is_unique",
        schema=None,
    )

    return manager
