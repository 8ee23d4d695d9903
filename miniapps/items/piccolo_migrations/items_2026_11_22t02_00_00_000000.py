"""The catalogue by code, with what its lists are chosen by: they stop at their size and read only rows they show."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from storage.db import execute

ID = "2026-11-22T02:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "index of what is offered"

# at most 110 regions and 5 life events: some 1.5 kB of the 2.7 kB that an index row may have
OFFERED = (
    "CREATE INDEX item_offered ON item (code) INCLUDE (regions, target, life_events)"
    " WHERE current_id IS NOT NULL"
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="items", description=DESCRIPTION)

    async def run():
        await execute(OFFERED)

    manager.add_raw(run)
    return manager
