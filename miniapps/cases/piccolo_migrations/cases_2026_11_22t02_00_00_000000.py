"""Compiled reads do not see what was filled in."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from storage.db import execute

ID = "2026-11-22T02:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "what compiled reads see of a case"

STATEMENTS = (
    "REVOKE SELECT ON case_file FROM plan",
    "GRANT SELECT (id, party_id, applicant_id, beneficiary_id, app_id, number, item_version, code, title,"
    " region, department_id, received_by, state, delivery, tracking, opened_at, received_at, complete_at,"
    " accepted_at, accepted_by_silence, decline, other_organ, decided_at, outcome, decided_by_rule,"
    " certificate_id, completed_at, delivered_at, ended_at) ON case_file TO plan",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="cases", description=DESCRIPTION)

    async def run():
        for statement in STATEMENTS:
            await execute(statement)

    manager.add_raw(run)
    return manager
