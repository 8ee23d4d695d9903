"""Databases for tests: one per test process, emptied after each test, replaced when its shape was changed.

Making a database from a template costs forty milliseconds alone and a second on a busy machine; emptying
tables that hold a few rows costs two.
"""

import asyncpg

from storage.embedded.postgres import Postgres
from storage.ids import new_id

TEMPLATE = "banshi"

SHAPE = """
SELECT md5(string_agg(line, E'\\n' ORDER BY line)) FROM (
  SELECT 'class ' || relname || coalesce(relacl::text, '') || relrowsecurity || coalesce(reloptions::text, '')
  FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = 'public'
  UNION ALL SELECT 'column ' || attrelid::regclass || attname || attnotnull || coalesce(attacl::text, '')
  FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid JOIN pg_namespace n ON n.oid = relnamespace
  WHERE nspname = 'public' AND attnum > 0
  UNION ALL SELECT 'trigger ' || tgrelid::regclass || tgname || tgenabled::text FROM pg_trigger
  UNION ALL SELECT 'constraint ' || conname || pg_get_constraintdef(oid) FROM pg_constraint
  WHERE contype <> 'n'
  UNION ALL SELECT 'function ' || proname || md5(prosrc) FROM pg_proc p
  JOIN pg_namespace n ON n.oid = pronamespace WHERE nspname = 'public'
  UNION ALL SELECT 'migration ' || name FROM migration
) AS lines (line)
"""

EMPTY = """
DO $$
DECLARE
  name text;
  found boolean;
BEGIN
  SET LOCAL session_replication_role = replica;
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'migration' LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM %I)', name) INTO found;
    IF found THEN
      EXECUTE format('DELETE FROM %I', name);
    END IF;
  END LOOP;
  FOR name IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' LOOP
    EXECUTE format('ALTER SEQUENCE %I RESTART', name);
  END LOOP;
END $$
"""

LARGEST = 60_000_000  # bytes; a test that filled tables leaves them slow


class Databases:
    """The databases of one test process, over one cluster."""

    def __init__(self, postgres: Postgres) -> None:
        self.postgres = postgres
        self.kept: str | None = None
        self.shape: str | None = None

    async def take(self) -> str:
        """Return the name of a migrated database without rows."""
        if self.kept is None:
            self.kept = f"t_{new_id().hex}"
            admin = await asyncpg.connect(self.postgres.url())
            await admin.execute(f'CREATE DATABASE {self.kept} TEMPLATE "{TEMPLATE}" OWNER owner')
            await admin.close()
            inside = await asyncpg.connect(self.postgres.url(database=self.kept))
            self.shape = await inside.fetchval(SHAPE)
            await inside.close()
        return self.kept

    async def give_back(self, name: str) -> None:
        """Empty the database for the next test, or drop it when it cannot be made as it was."""
        try:
            good = await self._emptied(name)
        except (asyncpg.PostgresError, OSError):
            good = False
        if not good:
            await self._drop(name)

    async def _emptied(self, name: str) -> bool:
        inside = await asyncpg.connect(self.postgres.url(database=name))
        try:
            await inside.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            if await inside.fetchval("SELECT pg_database_size(current_database())") > LARGEST:
                return False
            await inside.execute(EMPTY)
            return bool(await inside.fetchval(SHAPE) == self.shape)
        finally:
            await inside.close()

    async def _drop(self, name: str) -> None:
        self.kept = None
        admin = await asyncpg.connect(self.postgres.url())
        await admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        await admin.close()
