"""Word goes out when a token is revoked, so that processes may remember on whom they found it good.

Rows that only note the last use tell nothing.  A change of very many rows at once should disable these
triggers and send one `NOTIFY verdicts, 'all'`.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from storage.db import execute

ID = "2026-11-22T03:10:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "news of verdicts"

# TG_ARGV: the kind of name, and the column it stands in
TELL = """
CREATE FUNCTION tell_verdict() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('verdicts', TG_ARGV[0] || ' ' || (to_jsonb(coalesce(NEW, OLD)) ->> TG_ARGV[1]));
  RETURN NULL;
END $$
"""
TELL_ALL = """
CREATE FUNCTION tell_all_verdicts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('verdicts', 'all');
  RETURN NULL;
END $$
"""

TOLD = (  # table, whose name and where it stands, what counts of a change, what counts of a removal
    ("session", "'person', 'party_id'", ("ended_at", "expires_at", "post_id", "level", "token_hash"),
     "OLD.ended_at IS NULL"),
    ("app_token", "'person', 'party_id'", ("expires_at", "session_id", "acting_for", "scopes", "consent_id"),
     "OLD.expires_at > now() - interval '12 hours'"),  # not of those that are swept, after a day
    ("app_halt", "'app', 'app_id'", ("until",), "true"),
    ("consent", "'person', 'party_id'", ("withdrawn_at", "scopes"), "OLD.withdrawn_at IS NULL"),
    ("staff_post", "'person', 'party_id'", ("ended_at", "department", "role", "region"), "OLD.ended_at IS NULL"),
    ("person", "'person', 'id'",
     ("erased_at", "region", "level", "name_sealed", "phone_sealed", "number_sealed"), "true"),
)  # fmt: skip


def _statements():
    yield TELL
    yield TELL_ALL
    for table, name, columns, removal in TOLD:
        old, new = (", ".join(f"{row}.{each}" for each in columns) for row in ("OLD", "NEW"))
        shorter = " OR NEW.idle_until < OLD.idle_until" if table == "session" else ""
        for act, when in (("UPDATE", f"({new}) IS DISTINCT FROM ({old}){shorter}"), ("DELETE", removal)):
            yield (
                f"CREATE TRIGGER {table}_{act.lower()}_tells AFTER {act} ON {table}"
                f" FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION tell_verdict({name})"
            )
        yield (
            f"CREATE TRIGGER {table}_truncate_tells AFTER TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION tell_all_verdicts()"
        )
    yield (
        "CREATE TRIGGER app_halt_insert_tells AFTER INSERT ON app_halt"
        " FOR EACH ROW EXECUTE FUNCTION tell_verdict('app', 'app_id')"
    )


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="identity", description=DESCRIPTION)

    async def run():
        for statement in _statements():
            await execute(statement)

    manager.add_raw(run)
    return manager
