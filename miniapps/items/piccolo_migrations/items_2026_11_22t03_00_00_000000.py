"""Word goes out when what is offered changes: answers kept for everybody are made anew."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from storage.db import execute

ID = "2026-11-22T03:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "news of items"

STATEMENTS = (
    "CREATE TRIGGER item_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON item"
    " FOR EACH STATEMENT EXECUTE FUNCTION notify_changed()",
    "CREATE TRIGGER item_version_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON item_version"
    " FOR EACH STATEMENT EXECUTE FUNCTION notify_changed()",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="items", description=DESCRIPTION)

    async def run():
        for statement in STATEMENTS:
            await execute(statement)

    manager.add_raw(run)
    return manager
