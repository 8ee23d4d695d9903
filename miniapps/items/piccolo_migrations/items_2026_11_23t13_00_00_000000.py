"""Where something is offered: places without anything of their own are found without reading the catalogue."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from storage.db import execute

ID = "2026-11-23T13:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "index of where items are offered"

# of an expression, so that lists in an order never take it: they stop at their size, which it knows nothing of
REGIONS = (
    "CREATE INDEX item_regions ON item USING gin ((regions::text[])) WITH (fastupdate = off)"
    " WHERE current_id IS NOT NULL"
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="items", description=DESCRIPTION)

    async def run():
        await execute(REGIONS)

    manager.add_raw(run)
    return manager
