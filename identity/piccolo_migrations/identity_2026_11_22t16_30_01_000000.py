"""Session tokens are signed with keys of their own: the purposes that are known now."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.constraints import Check

ID = "2026-11-22T16:30:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "keys of session tokens"

CONDITION = "purpose IN ('id_token', 'certificate', 'predicate', 'audit_head', 'session_token')"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="identity", description=DESCRIPTION)

    manager.add_constraint(
        table_class_name="SigningKey",
        tablename="signing_key",
        constraint_name="signing_key_purpose_is_known",
        constraint_class=Check,
        params={"condition": CONDITION},
        schema=None,
    )
    return manager
