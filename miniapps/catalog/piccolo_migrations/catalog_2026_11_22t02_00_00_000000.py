"""News of mini-apps and their versions."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from storage.db import execute

ID = "2026-11-22T02:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "news of mini-apps"

STATEMENTS = (
    "CREATE TRIGGER mini_app_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON mini_app"
    " FOR EACH STATEMENT EXECUTE FUNCTION notify_changed()",
    "CREATE TRIGGER mini_app_version_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON mini_app_version"
    " FOR EACH STATEMENT EXECUTE FUNCTION notify_changed()",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="catalog", description=DESCRIPTION)

    async def run():
        for statement in STATEMENTS:
            await execute(statement)

    manager.add_raw(run)
    return manager
