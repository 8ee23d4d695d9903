"""Word goes out, too, when what is remembered with a verdict changes though the verdict does not.

A person sees all his posts, also those he does not act in, and how their departments are called.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from storage.db import execute

ID = "2026-11-22T03:40:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "news of new posts and renamed departments"

STATEMENTS = (
    "CREATE TRIGGER staff_post_insert_tells AFTER INSERT ON staff_post"
    " FOR EACH ROW EXECUTE FUNCTION tell_verdict('person', 'party_id')",
    "CREATE TRIGGER department_tells AFTER UPDATE OR DELETE ON department"
    " FOR EACH STATEMENT EXECUTE FUNCTION tell_all_verdicts()",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="identity", description=DESCRIPTION)

    async def run():
        for statement in STATEMENTS:
            await execute(statement)

    manager.add_raw(run)
    return manager
