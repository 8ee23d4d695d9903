"""Indexes of mandates and teams, what may be done with their rows, and the news that ends sessions."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from storage.db import execute

ID = "2026-11-22T10:30:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "indexes, grants and news of mandates and teams"

TELLS = (  # table, whose name, what counts of a change
    ("mandate", "party_id", ("state", "expires_at", "scopes", "codes", "delegate_id", "post_id")),
    ("team_member", "party_id", ("state", "role", "team")),
)

STATEMENTS = (
    "CREATE INDEX mandate_of_party ON mandate (party_id, id DESC)",
    "CREATE INDEX mandate_of_delegate ON mandate (delegate_id, id DESC)",
    "CREATE INDEX mandate_open_until ON mandate (expires_at) WHERE state IN ('active', 'proposed')",
    "CREATE UNIQUE INDEX mandate_once ON mandate (party_id, delegate_id, kind)"
    " WHERE state = 'active' AND kind IN ('representative', 'guardian')",
    "CREATE UNIQUE INDEX mandate_one_representative ON mandate (party_id)"
    " WHERE state = 'active' AND kind = 'representative'",
    "CREATE INDEX mandate_nod_of_party ON mandate_nod (party_id, id DESC)",
    "CREATE UNIQUE INDEX team_member_once ON team_member (party_id, team) WHERE state IN ('invited', 'active')",
    "CREATE INDEX team_member_of_team ON team_member (team, id DESC) WHERE state IN ('invited', 'active')",
    "REVOKE DELETE, TRUNCATE ON mandate, mandate_nod, team, team_member FROM app",
    *(
        f"CREATE TRIGGER {table}_update_tells AFTER UPDATE ON {table} FOR EACH ROW"
        f" WHEN (({', '.join(f'NEW.{each}' for each in columns)}) IS DISTINCT FROM"
        f" ({', '.join(f'OLD.{each}' for each in columns)})) EXECUTE FUNCTION tell_verdict('person', '{name}')"
        for table, name, columns in TELLS
    ),
    *(
        f"CREATE TRIGGER {table}_delete_tells AFTER DELETE ON {table} FOR EACH ROW"
        f" EXECUTE FUNCTION tell_verdict('person', '{name}')"
        for table, name, _ in TELLS
    ),
    *(
        f"CREATE TRIGGER {table}_truncate_tells AFTER TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION tell_all_verdicts()"
        for table, _, _ in TELLS
    ),
    "CREATE TRIGGER session_context_tells AFTER UPDATE ON session FOR EACH ROW"
    " WHEN ((NEW.mandate_id, NEW.team_id) IS DISTINCT FROM (OLD.mandate_id, OLD.team_id))"
    " EXECUTE FUNCTION tell_verdict('person', 'party_id')",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="identity", description=DESCRIPTION)

    async def run():
        for statement in STATEMENTS:
            await execute(statement)

    manager.add_raw(run)
    return manager
