"""Word goes out when a version of a mini-app or a scope is switched off, or a scope is given back."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from storage.db import execute

ID = "2026-11-22T16:20:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "news of halted versions and scopes"

STATEMENTS = tuple(
    f"CREATE TRIGGER {table}_tells AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}"
    " FOR EACH STATEMENT EXECUTE FUNCTION tell_all_verdicts()"
    for table in ("app_version_halt", "scope_halt")
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="identity", description=DESCRIPTION)

    async def run():
        for statement in STATEMENTS:
            await execute(statement)

    manager.add_raw(run)
    return manager
