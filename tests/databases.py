"""Databases for tests: one per test process, emptied after each test, replaced when its shape was changed.

Making a database from a template costs forty milliseconds alone and a second on a busy machine; emptying
tables that hold a few rows costs two.
"""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from threading import Thread
from typing import Any, TypeVar

import asyncpg

from storage.embedded.postgres import Postgres
from storage.ids import new_id

Done = TypeVar("Done")

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

WATCH = """
CREATE SCHEMA tests;
CREATE TABLE tests.changed (at timestamptz);
CREATE FUNCTION tests.note() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  INSERT INTO tests.changed VALUES (clock_timestamp());
END $$;
CREATE EVENT TRIGGER tests_note ON ddl_command_end EXECUTE FUNCTION tests.note();
ALTER EVENT TRIGGER tests_note ENABLE ALWAYS;
"""
"""Whether anything of the shape was touched: asking that costs nothing, and to compare shapes much."""

UNCHANGED = "DELETE FROM tests.changed"

EMPTY = """
SELECT format('CREATE FUNCTION tests.empty(spared int[]) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
  PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> ALL (spared || pg_backend_pid()); %s %s
  RETURN NOT EXISTS (SELECT FROM tests.changed) AND (SELECT count(*) FROM migration) = %s; END $$',
  (SELECT string_agg(format('IF EXISTS (SELECT FROM %1$I) THEN DELETE FROM %1$I; END IF;', tablename), ' ')
   FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'migration'),
  (SELECT string_agg(format('PERFORM setval(%L, %s, false);', sequencename, start_value), ' ')
   FROM pg_sequences WHERE schemaname = 'public'),
  (SELECT count(*) FROM migration))
"""
"""Writes the function that ends all connections but its own and those spared, deletes all rows, and says
whether that is all that was to be done: its statements are planned once, not for each test."""

LARGEST = 60_000_000  # bytes; a test that filled tables leaves them slow


class Databases:
    """The databases of one test process, over one cluster.

    They are emptied over a connection that is kept, in a loop of its own that outlives those of tests: a
    fresh one would cost four times as much, for it knows no table yet.
    """

    def __init__(self, postgres: Postgres) -> None:
        self.postgres = postgres
        self.kept: str | None = None
        self.shape: str | None = None
        self.spared: list[Callable[[], set[int]]] = []  # what says which processes outlive a test
        self.changes = 0  # of the shape: who is connected since before may be wrong about it
        self._inside: asyncpg.Connection | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    async def take(self) -> str:
        """Return the name of a migrated database without rows."""
        return await self._there(self._take())

    async def give_back(self, name: str) -> None:
        """Empty the database for the next test, or drop it when it cannot be made as it was."""
        spared = [process for processes in self.spared for process in processes()]
        await self._there(self._give_back(name, spared))

    def close(self) -> None:
        """End the loop and its connection."""
        asyncio.run_coroutine_threadsafe(self._let_go(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _there(self, work: Coroutine[Any, Any, Done]) -> Done:
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

    async def _take(self) -> str:
        if self.kept is None:
            self.kept = f"t_{new_id().hex}"
            admin = await asyncpg.connect(self.postgres.url())
            await admin.execute(f'CREATE DATABASE {self.kept} TEMPLATE "{TEMPLATE}" OWNER owner')
            await admin.close()
            inside = await self._connected(self.kept)
            self.shape = await inside.fetchval(SHAPE)
            await inside.execute(WATCH)
            await inside.execute(await inside.fetchval(EMPTY))
            await inside.execute(UNCHANGED)
        return self.kept

    async def _give_back(self, name: str, spared: list[int]) -> None:
        try:
            good = await self._emptied(name, spared)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            good = False
        if not good:
            await self._drop(name)

    async def _emptied(self, name: str, spared: list[int]) -> bool:
        inside = await self._connected(name)
        as_it_was = await inside.fetchval("SELECT tests.empty($1)", spared)
        if await inside.fetchval("SELECT pg_database_size(current_database())") > LARGEST:
            return False
        if not as_it_was:
            self.changes += 1
            await inside.execute(UNCHANGED)
            return bool(await inside.fetchval(SHAPE) == self.shape)
        return True

    async def _connected(self, name: str) -> asyncpg.Connection:
        """The connection that is kept, or another: a test may have ended it with all others."""
        if self._inside is not None:
            with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
                await self._inside.execute("SELECT")
                return self._inside
            await self._let_go()
        self._inside = await asyncpg.connect(self.postgres.url(database=name))
        await self._inside.execute(
            "SET session_replication_role = replica"
        )  # nobody is told, nothing is asked
        return self._inside

    async def _let_go(self) -> None:
        inside, self._inside = self._inside, None
        if inside is not None:
            inside.terminate()

    async def _drop(self, name: str) -> None:
        self.kept = None
        await self._let_go()
        admin = await asyncpg.connect(self.postgres.url())
        await admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        await admin.close()
