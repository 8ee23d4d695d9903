"""Indexes that Piccolo cannot spell, and an audit table that nobody can rewrite."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from storage.db import execute

ID = "2026-11-22T00:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "partial indexes; audit rows are only added"

STATEMENTS = (
    "CREATE INDEX session_living ON session (party_id, id DESC) WHERE ended_at IS NULL",
    "CREATE UNIQUE INDEX staff_post_once ON staff_post (party_id, department, role, region)"
    " WHERE ended_at IS NULL",
    "CREATE UNIQUE INDEX consent_in_force ON consent (party_id, app_id) WHERE withdrawn_at IS NULL",
    "CREATE INDEX audit_row_of_party ON audit_row (party_id, id DESC)",
    "CREATE UNIQUE INDEX department_place ON department (agency, region)",
    "CREATE INDEX person_phone ON person (phone_blind)",
    "CREATE INDEX app_token_ended ON app_token (expires_at)",
    "CREATE INDEX sign_in_failure_old ON sign_in_failure (last_at)",
    "CREATE UNIQUE INDEX signing_key_current ON signing_key (purpose) WHERE retired_at IS NULL",
    "REVOKE UPDATE, DELETE, TRUNCATE ON audit_row FROM app",
    "GRANT INSERT ON audit_row TO audit",
    "CREATE FUNCTION audit_row_is_final() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN RAISE EXCEPTION 'audit rows are only added'"
    " USING ERRCODE = 'insufficient_privilege'; END $$",
    "CREATE TRIGGER audit_row_final BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_row"
    " FOR EACH STATEMENT EXECUTE FUNCTION audit_row_is_final()",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="identity", description=DESCRIPTION)

    async def run():
        for statement in STATEMENTS:
            await execute(statement)

    manager.add_raw(run)
    return manager
