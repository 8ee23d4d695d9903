"""Each mini-app has a release from its first day; steps are only added, switches never removed."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from storage.db import execute

ID = "2026-11-22T16:40:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "a release for each mini-app, rights and indexes"

STATEMENTS = (
    "INSERT INTO app_release (id) SELECT id FROM mini_app",
    """
    CREATE FUNCTION begin_release() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO app_release (id) VALUES (NEW.id);
      RETURN NULL;
    END $$
    """,
    "CREATE TRIGGER mini_app_begins_release AFTER INSERT ON mini_app"
    " FOR EACH ROW EXECUTE FUNCTION begin_release()",
    "CREATE UNIQUE INDEX app_switch_off_once ON app_switch (kind, target) WHERE on_at IS NULL",
    "CREATE INDEX app_switch_of ON app_switch (kind, target, id DESC)",
    "CREATE INDEX app_pin_age ON app_pin (opened_at)",
    "CREATE INDEX release_step_of_app ON release_step (app, id DESC)",
    "REVOKE DELETE ON app_release, app_switch FROM app",
    "REVOKE UPDATE, DELETE ON release_step FROM app",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="release", description=DESCRIPTION)

    async def run():
        for statement in STATEMENTS:
            await execute(statement)

    manager.add_raw(run)
    return manager
