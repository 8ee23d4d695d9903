"""Reviews stay on record; the queue in its order, and what was done of late."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from storage.db import execute

ID = "2026-11-22T16:50:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "grants and indexes"

STATEMENTS = (
    "REVOKE DELETE ON app_look, app_review, app_note FROM app",
    "CREATE INDEX app_review_open ON app_review (lane, due_on, id) WHERE state IN ('waiting', 'claimed')",
    "CREATE INDEX app_review_decided ON app_review (decided_at)",
    "CREATE INDEX app_look_done ON app_look (done_at)",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="review", description=DESCRIPTION)

    async def run():
        for statement in STATEMENTS:
            await execute(statement)

    manager.add_raw(run)
    return manager
