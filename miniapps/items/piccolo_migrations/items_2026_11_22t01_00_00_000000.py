"""What lists show of an item, filled from what its version in force compiled to; news of topics."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from storage.db import execute

ID = "2026-11-22T01:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "fill what lists show of an item; tell of changed topics"

# a compiled item leaves out what has its default
FILL = """
UPDATE item AS i SET
    summary = coalesce(v.compiled->>'summary', ''),
    kind = v.compiled->>'kind',
    target = v.compiled->>'target',
    instant = coalesce((v.compiled->>'instant')::boolean, false),
    declared_trips = coalesce((v.compiled->>'declared_trips')::integer, 0),
    sample = coalesce((v.compiled->>'sample')::boolean, false)
FROM item_version AS v WHERE v.id = i.current_id
"""

STATEMENTS = (
    FILL,
    "CREATE TRIGGER item_topic_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON item_topic"
    " FOR EACH STATEMENT EXECUTE FUNCTION notify_changed()",
    "REVOKE DELETE ON item_topic FROM app",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="items", description=DESCRIPTION)

    async def run():
        for statement in STATEMENTS:
            await execute(statement)

    manager.add_raw(run)
    return manager
