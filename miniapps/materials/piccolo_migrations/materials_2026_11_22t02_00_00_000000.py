"""Compiled reads see neither keys of files nor their fingerprints, nor what certificates say."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from storage.db import execute

ID = "2026-11-22T02:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "what compiled reads see of files and certificates"

STATEMENTS = (
    "REVOKE SELECT ON certificate, vault_object, material_upload FROM plan",
    "GRANT SELECT (id, party_id, kind, title, number, identifier, issuer_id, issuer_name, case_id, issued_on,"
    " valid_until, state, revoked_at, signature, created_at) ON certificate TO plan",
    "GRANT SELECT (id, party_id, media_type, size, state, created_at) ON vault_object TO plan",
    "GRANT SELECT (id, party_id, person_id, idempotency_key, kind, title, media_type, size, state, reason,"
    " starts, version, requested_at, expires_at, settled_at) ON material_upload TO plan",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="materials", description=DESCRIPTION)

    async def run():
        for statement in STATEMENTS:
            await execute(statement)

    manager.add_raw(run)
    return manager
