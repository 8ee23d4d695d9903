"""What a bench needs before each of its runs on data built long ago."""

import asyncpg

from api import prepare
from bench._lab.cluster import Lab
from bench._lab.data.population import Population

# As far ahead as the server itself sets it, for the lab lets sessions idle for a day: a use that
# shortened it would be told to every process
FRESHEN = (
    "UPDATE session SET last_seen_at = now(), idle_until = now() + interval '1 day',"
    " expires_at = '2099-01-01', ended_at = NULL WHERE evidence_id = 'bench'"
)


async def freshen(lab: Lab, population: Population) -> None:
    """Run what migrations are new, and make the viewers' sessions live again: some are ended by a bench."""
    if lab.behind():
        await prepare.migrate(lab.settings())
        await prepare.seed(lab.settings())
        lab.note_built(repr(population), lab.built(repr(population)) or {})
    connection = await asyncpg.connect(lab.postgres.url("postgres"))
    try:
        await connection.execute(FRESHEN)
        for table in ("session", "audit_row", "outbox"):
            await connection.execute(f"VACUUM (ANALYZE) {table}")
    finally:
        await connection.close()
