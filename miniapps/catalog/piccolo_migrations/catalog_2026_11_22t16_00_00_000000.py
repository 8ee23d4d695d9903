"""Mini-apps belong to teams; a version has a life in review, and may have a package."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from enum import Enum
from piccolo.columns.column_types import Integer
from piccolo.columns.column_types import Text
from piccolo.columns.column_types import UUID
from piccolo.columns.column_types import Varchar
from piccolo.columns.defaults.uuid import UUID4
from piccolo.columns.indexes import IndexMethod

ID = "2026-11-22T16:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "teams, review and packages"


async def forwards():
    manager = MigrationManager(
        migration_id=ID, app_name="catalog", description=DESCRIPTION
    )

    manager.add_column(
        table_class_name="MiniApp",
        tablename="mini_app",
        column_name="department_id",
        db_column_name="department_id",
        column_class_name="UUID",
        column_class=UUID,
        params={
            "default": None,
            "null": True,
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

    manager.add_column(
        table_class_name="MiniAppVersion",
        tablename="mini_app_version",
        column_name="key_id",
        db_column_name="key_id",
        column_class_name="Varchar",
        column_class=Varchar,
        params={
            "length": 32,
            "default": None,
            "null": True,
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

    manager.add_column(
        table_class_name="MiniAppVersion",
        tablename="mini_app_version",
        column_name="listing",
        db_column_name="listing",
        column_class_name="Text",
        column_class=Text,
        params={
            "default": None,
            "null": True,
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

    manager.add_column(
        table_class_name="MiniAppVersion",
        tablename="mini_app_version",
        column_name="package_sha256",
        db_column_name="package_sha256",
        column_class_name="Varchar",
        column_class=Varchar,
        params={
            "length": 64,
            "default": None,
            "null": True,
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

    manager.add_column(
        table_class_name="MiniAppVersion",
        tablename="mini_app_version",
        column_name="package_size",
        db_column_name="package_size",
        column_class_name="Integer",
        column_class=Integer,
        params={
            "default": None,
            "null": True,
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

    manager.add_column(
        table_class_name="MiniAppVersion",
        tablename="mini_app_version",
        column_name="signature",
        db_column_name="signature",
        column_class_name="Text",
        column_class=Text,
        params={
            "default": None,
            "null": True,
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

    manager.add_column(
        table_class_name="MiniAppVersion",
        tablename="mini_app_version",
        column_name="team_id",
        db_column_name="team_id",
        column_class_name="UUID",
        column_class=UUID,
        params={
            "default": UUID4(),
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

    manager.rename_column(
        table_class_name="MiniApp",
        tablename="mini_app",
        old_column_name="developer_id",
        new_column_name="team_id",
        old_db_column_name="developer_id",
        new_db_column_name="team_id",
        schema=None,
    )

    manager.alter_column(
        table_class_name="MiniApp",
        tablename="mini_app",
        column_name="state",
        db_column_name="state",
        params={
            "choices": Enum(
                "AppState",
                {
                    "NEW": "new",
                    "LISTED": "listed",
                    "DELISTED": "delisted",
                    "SUSPENDED": "suspended",
                },
            )
        },
        old_params={
            "choices": Enum(
                "AppState",
                {"NEW": "new", "LISTED": "listed", "SUSPENDED": "suspended"},
            )
        },
        column_class=Varchar,
        old_column_class=Varchar,
        schema=None,
    )

    manager.alter_column(
        table_class_name="MiniAppVersion",
        tablename="mini_app_version",
        column_name="state",
        db_column_name="state",
        params={
            "choices": Enum(
                "VersionState",
                {
                    "SUBMITTED": "submitted",
                    "QUEUED": "queued",
                    "APPROVED": "approved",
                    "REFUSED": "refused",
                    "WITHDRAWN": "withdrawn",
                },
            )
        },
        old_params={
            "choices": Enum(
                "VersionState",
                {
                    "SUBMITTED": "submitted",
                    "RELEASED": "released",
                    "REFUSED": "refused",
                    "SUPERSEDED": "superseded",
                },
            )
        },
        column_class=Varchar,
        old_column_class=Varchar,
        schema=None,
    )

    manager.drop_constraint(
        table_class_name="MiniApp",
        tablename="mini_app",
        constraint_name="mini_app_state_check",
        schema=None,
    )

    manager.drop_constraint(
        table_class_name="MiniAppVersion",
        tablename="mini_app_version",
        constraint_name="mini_app_version_state_check",
        schema=None,
    )

    return manager
