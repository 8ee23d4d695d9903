"""Versions of before are counted, too; what a team stores and what nobody uses is found at once."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from storage.db import execute

ID = "2026-11-22T18:41:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "objects of before"

STATEMENTS = (
    "GRANT UPDATE (removed_at) ON mini_app_version TO app",
    "CREATE INDEX mini_app_version_stored ON mini_app_version (team_id) INCLUDE (package_size)"
    " WHERE package_size IS NOT NULL AND removed_at IS NULL",
    "CREATE INDEX mini_app_object_unused ON mini_app_object (touched_at) WHERE uses = 0",
    "INSERT INTO mini_app_object (key, uses, touched_at)"
    " SELECT key, count(*), clock_timestamp() FROM ("
    "  SELECT v.id, 'app-files/' || (f.value ->> 'sha256') AS key FROM mini_app_version v,"
    "  jsonb_each(v.listing::jsonb -> 'files') f WHERE v.listing IS NOT NULL"
    "  UNION SELECT v.id, 'packages/' || a.app_id || '/' || v.package_sha256 || '.zip'"
    "  FROM mini_app_version v JOIN mini_app a ON a.id = v.app WHERE v.package_sha256 IS NOT NULL"
    " ) held GROUP BY key",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="catalog", description=DESCRIPTION)

    async def run():
        for statement in STATEMENTS:
            await execute(statement)

    manager.add_raw(run)
    return manager
