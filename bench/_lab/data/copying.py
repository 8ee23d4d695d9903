"""COPY into tables that have indexes and foreign keys: what costs is taken away and put back."""

import time
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from itertools import islice

import asyncpg

LINES = 2_000  # in one piece for the wire

SECONDARY = """
SELECT c.relname AS name, pg_get_indexdef(i.indexrelid) AS definition,
       con.conname AS constraint_name, pg_get_constraintdef(con.oid) AS constraint_definition
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
LEFT JOIN pg_constraint con ON con.conindid = i.indexrelid AND con.contype IN ('u', 'x')
WHERE i.indrelid = $1::regclass AND NOT i.indisprimary
"""


@asynccontextmanager
async def bare(connection: asyncpg.Connection, table: str) -> AsyncIterator[None]:
    """Take the indexes of `table`, but for its primary key, away while inside."""
    found = await connection.fetch(SECONDARY, table)
    for row in found:
        if row["constraint_name"]:
            await connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {row['constraint_name']}")
        else:
            await connection.execute(f"DROP INDEX {row['name']}")
    yield
    for row in found:
        if row["constraint_name"]:
            definition = f"{row['constraint_name']} {row['constraint_definition']}"
            await connection.execute(f"ALTER TABLE {table} ADD CONSTRAINT {definition}")
        else:
            await connection.execute(row["definition"])


async def fill(url: str, table: str, columns: Sequence[str], lines: Iterable[str]) -> tuple[int, float]:
    """Copy `lines` into the empty `table` and make its indexes; return rows and seconds.

    Triggers, and so foreign keys, sleep meanwhile: the rows are right by construction.  Columns left out get
    the value that the program would give, which for all of them is the column's default or NULL.
    """
    began = time.monotonic()
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("SET session_replication_role = replica")
        await connection.execute("SET maintenance_work_mem = '768MB'")
        async with bare(connection, table):
            tag = await _copy(connection, table, columns, lines)
        await connection.execute(f"ANALYZE {table}")
    finally:
        await connection.close()
    return int(tag.split()[-1]), time.monotonic() - began


async def _copy(
    connection: asyncpg.Connection, table: str, columns: Sequence[str], lines: Iterable[str]
) -> str:
    async with connection.transaction():
        await connection.execute(f"TRUNCATE {table} CASCADE")  # rows can be frozen in a table new to them
        done: str = await connection.copy_to_table(
            table, source=_pieces(lines), columns=list(columns), format="text", freeze=True
        )
    return done


async def _pieces(lines: Iterable[str]) -> AsyncIterator[bytes]:
    source = iter(lines)
    while piece := "".join(islice(source, LINES)):
        yield piece.encode()
