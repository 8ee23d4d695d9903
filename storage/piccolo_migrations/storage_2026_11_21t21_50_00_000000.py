"""Indexes over what is still open, so that plans stay flat however many settled rows are kept."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from storage.db import execute

ID = "2026-11-21T21:50:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "partial indexes of the outbox and the job table"

STATEMENTS = (
    # at most one fact of a party is with its tasks: the order per party, kept by the database itself
    "CREATE UNIQUE INDEX outbox_in_flight ON outbox (party_id) WHERE sent_at IS NOT NULL AND settled_at IS NULL",
    "CREATE INDEX outbox_open_of_party ON outbox (party_id, seq) WHERE settled_at IS NULL",
    "CREATE INDEX outbox_unsent ON outbox (seq) WHERE sent_at IS NULL AND not_before IS NULL",
    "CREATE INDEX outbox_scheduled ON outbox (not_before) WHERE sent_at IS NULL AND not_before IS NOT NULL",
    "CREATE INDEX outbox_settled ON outbox (settled_at) WHERE settled_at IS NOT NULL",
    "CREATE INDEX job_to_enqueue ON job (next_at) WHERE state = 'waiting' AND enqueued_at IS NULL",
    "CREATE INDEX job_enqueued ON job (enqueued_at) WHERE state = 'waiting' AND enqueued_at IS NOT NULL",
    "CREATE INDEX job_leased ON job (lease_until) WHERE state = 'running'",
    # rows live for minutes and are updated five times: vacuum early, leave room on the page
    "ALTER TABLE outbox SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02)",
    "ALTER TABLE job SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02)",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="storage", description=DESCRIPTION)

    async def run():
        for statement in STATEMENTS:
            await execute(statement)

    manager.add_raw(run)
    return manager
