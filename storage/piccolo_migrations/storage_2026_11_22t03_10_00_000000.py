"""Word goes out when the clock is moved, so that processes may remember how far it is ahead."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from storage.db import execute

ID = "2026-11-22T03:10:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "news of the clock"

STATEMENTS = (
    "CREATE FUNCTION tell_clock() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN PERFORM pg_notify('clock', ''); RETURN NULL; END $$",
    "CREATE TRIGGER clock_shift_tells AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON clock_shift"
    " FOR EACH STATEMENT EXECUTE FUNCTION tell_clock()",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="storage", description=DESCRIPTION)

    async def run():
        for statement in STATEMENTS:
            await execute(statement)

    manager.add_raw(run)
    return manager
