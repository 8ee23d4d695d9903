"""What finds an item fast, and what keeps a published version as it is."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from storage.db import execute

ID = "2026-11-21T23:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "search indexes and immutability of published item versions"

FROZEN = """
CREATE FUNCTION item_version_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.published_at IS NOT NULL AND (TG_OP = 'DELETE' OR
        (OLD.id, OLD.item, OLD.number, OLD.text, OLD.digest, OLD.compiled, OLD.defined_by, OLD.defined_at,
         OLD.published_by, OLD.published_at)
        IS DISTINCT FROM
        (NEW.id, NEW.item, NEW.number, NEW.text, NEW.digest, NEW.compiled, NEW.defined_by, NEW.defined_at,
         NEW.published_by, NEW.published_at))
    THEN
        RAISE EXCEPTION 'item version % is published and never changes', OLD.id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$
"""

# fastupdate off: items are written seldom and read always, and a pending list makes the planner shun the index
STATEMENTS = (
    "CREATE UNIQUE INDEX item_version_number ON item_version (item, number)",
    "CREATE INDEX item_document ON item USING gin (document) WITH (fastupdate = off)",
    "CREATE INDEX item_life_events ON item USING gin (life_events) WHERE current_id IS NOT NULL",
    FROZEN,
    "CREATE TRIGGER item_version_frozen BEFORE UPDATE OR DELETE ON item_version"
    " FOR EACH ROW EXECUTE FUNCTION item_version_frozen()",
    "REVOKE DELETE ON item FROM app",
    "REVOKE UPDATE, DELETE ON item_version FROM app",
    "GRANT UPDATE (state, published_by, published_at, withdrawn_at) ON item_version TO app",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="items", description=DESCRIPTION)

    async def run():
        for statement in STATEMENTS:
            await execute(statement)

    manager.add_raw(run)
    return manager
