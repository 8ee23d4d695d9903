"""Proofs of who one is are for the server alone; one account has one 网络身份, found by the account too."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from storage.db import execute

ID = "2026-11-22T11:10:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "indexes and least privileges of methods of signing in"

STATEMENTS = (
    "CREATE INDEX passkey_of_party ON passkey (party_id, id)",
    "CREATE UNIQUE INDEX network_identity_linked ON network_identity (linked_to) WHERE linked_to IS NOT NULL",
    "REVOKE SELECT ON known_device, network_identity, passkey, passkey_challenge, qr_sign_in,"
    " sandbox_message, sms_code FROM plan",
    "REVOKE DELETE ON network_identity FROM app",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="identity", description=DESCRIPTION)

    async def run():
        for statement in STATEMENTS:
            await execute(statement)

    manager.add_raw(run)
    return manager
