"""Rows of levels are only added; a firm that is struck off ends what is done in its name."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from storage.db import execute

ID = "2026-11-22T10:10:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "indexes, grants and news of levels and firms"

STATEMENTS = (
    "CREATE INDEX person_level_of_party ON person_level (party_id, id DESC)",
    "REVOKE UPDATE, DELETE, TRUNCATE ON person_level FROM app",
    "REVOKE DELETE, TRUNCATE ON firm FROM app",
    "CREATE TRIGGER firm_update_tells AFTER UPDATE ON firm FOR EACH ROW"
    " WHEN ((NEW.closed_at, NEW.name, NEW.region) IS DISTINCT FROM (OLD.closed_at, OLD.name, OLD.region))"
    " EXECUTE FUNCTION tell_verdict('person', 'id')",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="identity", description=DESCRIPTION)

    async def run():
        for statement in STATEMENTS:
            await execute(statement)

    manager.add_raw(run)
    return manager
