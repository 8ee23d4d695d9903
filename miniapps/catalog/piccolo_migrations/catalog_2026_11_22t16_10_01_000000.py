"""Keys and signatures are kept for good; news of keys stops what they signed; plans see no secret."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from storage.db import execute

ID = "2026-11-22T16:10:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "rights, indexes and news of keys"

STATEMENTS = (
    "GRANT UPDATE (is_stopped) ON mini_app_version TO app",
    "REVOKE UPDATE, DELETE ON team_key FROM app",
    "GRANT UPDATE (retired_at, revoked_at, reason) ON team_key TO app",
    "REVOKE UPDATE, DELETE ON mini_app_signature FROM app",
    "GRANT UPDATE (withdrawn_at, withdrawn_by, reason) ON mini_app_signature TO app",
    "REVOKE UPDATE, DELETE ON mini_app_webhook_secret FROM app",
    "GRANT UPDATE (ends_at) ON mini_app_webhook_secret TO app",
    "REVOKE SELECT ON mini_app_webhook_secret FROM plan",
    "CREATE UNIQUE INDEX mini_app_signature_in_force ON mini_app_signature (app, side)"
    " WHERE withdrawn_at IS NULL",
    "CREATE INDEX mini_app_department_id ON mini_app (department_id)",
    "CREATE INDEX mini_app_webhook_secret_of ON mini_app_webhook_secret (app, environment)",
    "CREATE TRIGGER team_key_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON team_key"
    " FOR EACH STATEMENT EXECUTE FUNCTION notify_changed()",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="catalog", description=DESCRIPTION)

    async def run():
        for statement in STATEMENTS:
            await execute(statement)

    manager.add_raw(run)
    return manager
