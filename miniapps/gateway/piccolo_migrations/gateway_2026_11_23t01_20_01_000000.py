"""News of quotas of mini-apps; who may do what with these rows."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from storage.db import execute

ID = "2026-11-23T01:20:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "news and rights of quotas of mini-apps"

STATEMENTS = (
    "CREATE TRIGGER app_quota_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON app_quota"
    " FOR EACH STATEMENT EXECUTE FUNCTION notify_changed()",
    "REVOKE SELECT ON app_quota FROM plan",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="gateway", description=DESCRIPTION)

    async def run():
        for statement in STATEMENTS:
            await execute(statement)

    manager.add_raw(run)
    return manager
