"""What Piccolo cannot say: numbers of certificates, look-ups, and receipts that nobody may change."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from storage.db import execute

ID = "2026-11-22T00:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "sequences, partial indexes and grants of the wallet"

STATEMENTS = (
    "CREATE SEQUENCE certificate_serial",
    "CREATE SEQUENCE certificate_type_serial AS smallint MAXVALUE 999",
    "CREATE INDEX material_shown ON material (party_id, id) WHERE NOT hidden",
    "CREATE INDEX material_version_of_object ON material_version (party_id, object)",
    "CREATE INDEX material_upload_under_way ON material_upload (party_id)"
    " WHERE state IN ('requested', 'checking')",
    "CREATE INDEX certificate_of_kind ON certificate (party_id, kind) WHERE state = 'normal'",
    "CREATE INDEX certificate_newest ON certificate (party_id, id)",
    "CREATE INDEX material_use_newest ON material_use (party_id, id)",
    "CREATE INDEX material_use_desk ON material_use (department_id, holding_id) WHERE department_id IS NOT NULL",
    "REVOKE UPDATE, DELETE, TRUNCATE ON material_use FROM app",
    "REVOKE DELETE, TRUNCATE ON material_version, vault_object, certificate, certificate_type, material FROM app",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="materials", description=DESCRIPTION)

    async def run():
        for statement in STATEMENTS:
            await execute(statement)

    manager.add_raw(run)
    return manager
