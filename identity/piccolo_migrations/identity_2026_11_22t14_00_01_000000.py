"""Audit rows say which transaction wrote them, and get a link each; neither links nor heads are ever changed."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from storage.db import execute

ID = "2026-11-22T14:00:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "the chain over the audit: rights, triggers and the look-up of the sealer"

STATEMENTS = (
    "ALTER TABLE audit_row ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id()",
    "CREATE INDEX audit_row_by_transaction ON audit_row (xid)",
    "REVOKE UPDATE, DELETE, TRUNCATE ON audit_link, audit_head FROM app",
    "REVOKE DELETE, TRUNCATE ON audit_boundary FROM app",
    "GRANT UPDATE (stored_at) ON audit_head TO app",
    "REVOKE SELECT ON audit_link, audit_head, audit_boundary FROM plan",
    "CREATE TRIGGER audit_link_final BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_link"
    " FOR EACH STATEMENT EXECUTE FUNCTION audit_row_is_final()",
    "CREATE TRIGGER audit_head_final BEFORE DELETE OR TRUNCATE ON audit_head"
    " FOR EACH STATEMENT EXECUTE FUNCTION audit_row_is_final()",
    "CREATE TRIGGER audit_head_only_stored BEFORE UPDATE ON audit_head FOR EACH ROW"
    " WHEN ((OLD.number, OLD.token) IS DISTINCT FROM (NEW.number, NEW.token))"
    " EXECUTE FUNCTION audit_row_is_final()",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="identity", description=DESCRIPTION)

    async def run():
        for statement in STATEMENTS:
            await execute(statement)

    manager.add_raw(run)
    return manager
