"""News of addresses of back ends; who may do what with these rows."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from storage.db import execute

ID = "2026-11-22T21:30:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "news and rights of addresses of back ends"

STATEMENTS = (
    "CREATE TRIGGER app_upstream_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON app_upstream"
    " FOR EACH STATEMENT EXECUTE FUNCTION notify_changed()",
    "CREATE TRIGGER mini_app_webhook_secret_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE"
    " ON mini_app_webhook_secret FOR EACH STATEMENT EXECUTE FUNCTION notify_changed()",
    "REVOKE SELECT ON app_upstream FROM plan",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="gateway", description=DESCRIPTION)

    async def run():
        for statement in STATEMENTS:
            await execute(statement)

    manager.add_raw(run)
    return manager
