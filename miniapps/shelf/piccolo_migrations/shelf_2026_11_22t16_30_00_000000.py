"""What finds mini-apps and what is said of them; who may do what with these rows; news of the layout."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from storage.db import execute

ID = "2026-11-22T16:30:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "indexes, rights and news of the shelf"

TOLD = ("shelf_edition", "shelf_entry", "shelf_placing")

# fastupdate off: written seldom, read always, and a pending list makes the planner shun the index
STATEMENTS = (
    "CREATE INDEX shelf_entry_document ON shelf_entry USING gin (document) WITH (fastupdate = off)",
    "CREATE INDEX app_rating_shown ON app_rating (app_id, id DESC) WHERE comment_state = 'shown'",
    "CREATE INDEX app_rating_waiting ON app_rating (id) WHERE comment_state = 'waiting'",
    "CREATE INDEX app_complaint_of_party ON app_complaint (party_id, id DESC)",
    "CREATE INDEX app_complaint_open ON app_complaint (id) WHERE state = 'open'",
    "CREATE INDEX app_tester_of_party ON app_tester (party_id, ends_at DESC)",
    "CREATE INDEX app_defect_of_party ON app_defect (party_id, id DESC)",
    "CREATE INDEX app_defect_of_app ON app_defect (app_id, id DESC)",
    "CREATE INDEX app_defect_of_team ON app_defect (team_id, id DESC)",
    "CREATE INDEX app_defect_same ON app_defect (duplicate_of) WHERE duplicate_of IS NOT NULL",
    "CREATE INDEX app_defect_note_of_defect ON app_defect_note (defect_id, id)",
    *(
        f"CREATE TRIGGER {table}_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION notify_changed()"
        for table in TOLD
    ),
    "REVOKE UPDATE, DELETE ON shelf_edition, app_defect_note FROM app",
    "REVOKE DELETE ON app_score, app_tester, app_defect FROM app",
    "REVOKE SELECT ON shelf_draft, app_rating, app_complaint, app_tester, app_defect, app_defect_note FROM plan",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="shelf", description=DESCRIPTION)

    async def run():
        for statement in STATEMENTS:
            await execute(statement)

    manager.add_raw(run)
    return manager
