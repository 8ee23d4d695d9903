"""What citizens want is found by mini-app, and what is open by its day; answers are kept until they are old."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from storage.db import execute

ID = "2026-11-22T20:20:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "indexes and rights of questions about data"

STATEMENTS = (
    "CREATE INDEX data_question_of_app ON data_question (app_id, id DESC)",
    "CREATE INDEX data_question_open ON data_question (due_at) WHERE answered_at IS NULL",
    "REVOKE SELECT ON data_question FROM plan",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="webhooks", description=DESCRIPTION)

    async def run():
        for statement in STATEMENTS:
            await execute(statement)

    manager.add_raw(run)
    return manager
