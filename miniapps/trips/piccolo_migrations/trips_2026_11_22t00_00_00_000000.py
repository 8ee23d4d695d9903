"""Evidence is only ever added; one verdict of a case is the latest; one piece of evidence is one visit."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from storage.db import execute

ID = "2026-11-22T00:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "indexes and rights of the trip ledger"

STATEMENTS = (
    "CREATE INDEX visit_of_case ON visit (party_id, case_id, id DESC)",
    "CREATE UNIQUE INDEX visit_once_per_evidence ON visit"
    " (party_id, case_id, evidence_kind, evidence_reference, visited_on) WHERE evidence_reference <> ''",
    "CREATE UNIQUE INDEX trip_verdict_latest ON trip_verdict (party_id, case_id) WHERE latest",
    "CREATE INDEX trip_answer_of_case ON trip_answer (party_id, case_id, id DESC)",
    "REVOKE UPDATE, DELETE ON visit, trip_answer, trip_verdict, trip_verdict_reason FROM app",
    "GRANT UPDATE (latest) ON trip_verdict TO app",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="trips", description=DESCRIPTION)

    async def run():
        for statement in STATEMENTS:
            await execute(statement)

    manager.add_raw(run)
    return manager
