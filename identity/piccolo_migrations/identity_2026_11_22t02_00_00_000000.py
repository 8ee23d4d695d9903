"""News of departments, and compiled reads without what is sealed or blind."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from storage.db import execute

ID = "2026-11-22T02:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "news of departments; what compiled reads see of a person"

STATEMENTS = (
    "CREATE TRIGGER department_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON department"
    " FOR EACH STATEMENT EXECUTE FUNCTION notify_changed()",
    "REVOKE SELECT ON person FROM plan",
    "GRANT SELECT (id, number_kind, region, level, created_at, erased_at) ON person TO plan",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="identity", description=DESCRIPTION)

    async def run():
        for statement in STATEMENTS:
            await execute(statement)

    manager.add_raw(run)
    return manager
