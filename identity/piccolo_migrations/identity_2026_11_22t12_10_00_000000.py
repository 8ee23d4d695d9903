"""What Piccolo cannot spell for the OpenID Provider: indexes, rights, and news of what ends.

A consent whose rights change, a grant that ends, and a client that is switched off are told like other
verdicts; clients and signing keys are remembered by processes, so their changes are told, too.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from storage.db import execute

ID = "2026-11-22T12:10:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "indexes, rights and news of the OpenID Provider"

TELL = """
CREATE FUNCTION tell_channel() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify(TG_ARGV[0], '');
  RETURN NULL;
END $$
"""
EVERYTHING = "oidc_client, oidc_client_secret, oidc_grant, oidc_pushed, oidc_question, oidc_refresh, oidc_replay, oidc_request"

STATEMENTS = (
    "CREATE INDEX oidc_client_secret_of ON oidc_client_secret (client_id)",
    "CREATE INDEX oidc_grant_of_session ON oidc_grant (party_id, session_id)",
    "CREATE INDEX oidc_grant_over ON oidc_grant (expires_at)",
    "CREATE INDEX oidc_refresh_of_grant ON oidc_refresh (grant_id)",
    "CREATE UNIQUE INDEX oidc_question_once ON oidc_question (party_id, client_id, question)",
    "CREATE INDEX oidc_question_old ON oidc_question (asked_at)",
    "CREATE INDEX oidc_pushed_old ON oidc_pushed (expires_at)",
    "CREATE INDEX oidc_replay_old ON oidc_replay (until)",
    "CREATE INDEX oidc_request_old ON oidc_request (expires_at)",
    f"REVOKE SELECT ON {EVERYTHING} FROM plan",
    "REVOKE DELETE ON oidc_client, oidc_client_secret FROM app",
    TELL,
    "CREATE TRIGGER oidc_grant_ends_tells AFTER UPDATE ON oidc_grant FOR EACH ROW"
    " WHEN (NEW.ended_at IS DISTINCT FROM OLD.ended_at) EXECUTE FUNCTION tell_verdict('person', 'party_id')",
    "CREATE TRIGGER oidc_client_disabled_tells AFTER UPDATE ON oidc_client FOR EACH ROW"
    " WHEN (NEW.disabled_at IS DISTINCT FROM OLD.disabled_at)"
    " EXECUTE FUNCTION tell_verdict('app', 'client_id')",
    "CREATE TRIGGER consent_until_tells AFTER UPDATE ON consent FOR EACH ROW"
    " WHEN (NEW.until IS DISTINCT FROM OLD.until) EXECUTE FUNCTION tell_verdict('person', 'party_id')",
    "CREATE TRIGGER app_token_audience_tells AFTER UPDATE ON app_token FOR EACH ROW"
    " WHEN ((NEW.audience, NEW.jkt, NEW.grant_id) IS DISTINCT FROM (OLD.audience, OLD.jkt, OLD.grant_id))"
    " EXECUTE FUNCTION tell_verdict('person', 'party_id')",
    *(
        f"CREATE TRIGGER {table}_tells AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION tell_channel('{channel}')"
        for table, channel in (
            ("oidc_client", "oidc_clients"),
            ("oidc_client_secret", "oidc_clients"),
            ("signing_key", "signing_keys"),
        )
    ),
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="identity", description=DESCRIPTION)

    async def run():
        for statement in STATEMENTS:
            await execute(statement)

    manager.add_raw(run)
    return manager
