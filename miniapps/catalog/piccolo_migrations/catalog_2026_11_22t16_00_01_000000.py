"""What was released is approved; what waited is queued, one version of each mini-app."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.constraints import Check

from storage.db import execute

ID = "2026-11-22T16:00:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "versions in review"

STATEMENTS = (
    "UPDATE mini_app SET team_id = coalesce("
    "(SELECT department FROM staff_post p WHERE p.party_id = mini_app.team_id AND p.role = 'developer'"
    " AND p.ended_at IS NULL ORDER BY p.id LIMIT 1),"
    " (SELECT team FROM team_member m WHERE m.party_id = mini_app.team_id AND m.state = 'active'"
    " ORDER BY m.id LIMIT 1),"
    " team_id)",
    "UPDATE mini_app SET department_id ="
    " (SELECT id FROM department d WHERE d.name = mini_app.department ORDER BY d.id LIMIT 1)",
    "UPDATE mini_app_version v SET team_id = (SELECT a.team_id FROM mini_app a WHERE a.id = v.app),"
    " state = CASE WHEN state IN ('released', 'superseded') THEN 'approved'"
    " WHEN state = 'submitted' AND EXISTS (SELECT FROM mini_app_version later WHERE later.app = v.app"
    " AND later.state = 'submitted' AND later.id > v.id) THEN 'withdrawn'"
    " WHEN state = 'submitted' THEN 'queued' ELSE state END",
    "ALTER INDEX mini_app_developer_id RENAME TO mini_app_team_id",
    "CREATE UNIQUE INDEX mini_app_version_in_review ON mini_app_version (app)"
    " WHERE state IN ('submitted', 'queued')",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="catalog", description=DESCRIPTION)

    async def run():
        for statement in STATEMENTS:
            await execute(statement)

    manager.add_raw(run)

    manager.add_constraint(
        table_class_name="MiniApp",
        tablename="mini_app",
        constraint_name="mini_app_state_is_known",
        constraint_class=Check,
        params={
            "condition": "state IN ('new', 'listed', 'delisted', 'suspended')"
        },
        schema=None,
    )

    manager.add_constraint(
        table_class_name="MiniAppVersion",
        tablename="mini_app_version",
        constraint_name="mini_app_version_package_is_whole",
        constraint_class=Check,
        params={
            "condition": "num_nulls(package_sha256, package_size, listing, signature, key_id) IN (0, 5)"
        },
        schema=None,
    )

    manager.add_constraint(
        table_class_name="MiniAppVersion",
        tablename="mini_app_version",
        constraint_name="mini_app_version_state_is_known",
        constraint_class=Check,
        params={
            "condition": "state IN ('submitted', 'queued', 'approved', 'refused', 'withdrawn')"
        },
        schema=None,
    )

    return manager
