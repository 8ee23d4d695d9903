"""Session tokens are signed with keys of their own: makes room for the wider check."""

from enum import Enum

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns.column_types import Varchar

ID = "2026-11-22T16:30:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "keys of session tokens"

BEFORE = {name.upper(): name for name in ("id_token", "certificate", "predicate", "audit_head")}


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="identity", description=DESCRIPTION)

    manager.drop_constraint(
        table_class_name="SigningKey",
        tablename="signing_key",
        constraint_name="signing_key_purpose_is_known",
        schema=None,
    )
    manager.alter_column(
        table_class_name="SigningKey",
        tablename="signing_key",
        column_name="purpose",
        db_column_name="purpose",
        params={"choices": Enum("Purpose", {**BEFORE, "SESSION_TOKEN": "session_token"})},
        old_params={"choices": Enum("Purpose", BEFORE)},
        column_class=Varchar,
        old_column_class=Varchar,
        schema=None,
    )
    return manager
