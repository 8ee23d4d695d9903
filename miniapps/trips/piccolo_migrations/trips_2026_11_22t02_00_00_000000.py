"""Compiled reads do not see where a person went, nor what he remarked."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from storage.db import execute

ID = "2026-11-22T02:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "what compiled reads see of visits"

STATEMENTS = (
    "REVOKE SELECT ON visit, trip_answer FROM plan",
    "GRANT SELECT (id, party_id, case_id, cause, place_kind, place_id, source, evidence_kind,"
    " evidence_reference, evidence_sha256, visited_at, visited_on, recorded_by, recorded_for, recorded_at,"
    " key) ON visit TO plan",
    "GRANT SELECT (id, party_id, case_id, verdict_id, agrees, person_id, answered_at, key) ON trip_answer"
    " TO plan",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="trips", description=DESCRIPTION)

    async def run():
        for statement in STATEMENTS:
            await execute(statement)

    manager.add_raw(run)
    return manager
