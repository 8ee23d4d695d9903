"""What Piccolo cannot say: the serial of case numbers, composite and partial indexes, append-only rows."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from storage.db import execute

ID = "2026-11-21T23:30:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "serial of case numbers, indexes, append-only tables"

STATEMENTS = (
    "CREATE SEQUENCE case_serial MINVALUE 0 MAXVALUE 99999999 CYCLE CACHE 16",
    "GRANT USAGE, SELECT ON SEQUENCE case_serial TO app",
    "CREATE UNIQUE INDEX case_file_number_is_unique ON case_file (number)",
    "CREATE INDEX case_file_of_party ON case_file (party_id, id)",
    "CREATE INDEX case_file_at_desk ON case_file (department_id, id) WHERE department_id IS NOT NULL",
    "CREATE INDEX case_file_received ON case_file (received_by, id) WHERE received_by IS NOT NULL",
    "CREATE INDEX case_material_of_case ON case_material (party_id, case_id)",
    "CREATE INDEX case_event_of_case ON case_event (party_id, case_id)",
    "CREATE INDEX case_stop_of_case ON case_stop (party_id, case_id)",
    "CREATE INDEX case_clock_open ON case_clock (due_on) WHERE met_at IS NULL AND overdue_at IS NULL",
    "CREATE INDEX case_authorisation_between ON case_authorisation (competent_id, authorised_id)",
    "REVOKE UPDATE, DELETE ON case_event, case_decision FROM app",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="cases", description=DESCRIPTION)

    async def run():
        for statement in STATEMENTS:
            await execute(statement)

    manager.add_raw(run)
    return manager
