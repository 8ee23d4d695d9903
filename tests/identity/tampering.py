"""A sealed log with signed heads, and somebody with all rights over the database who tampers with it."""

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import pairwise

import asyncpg

from identity import audit
from identity.actor import WORKER
from identity.chain import heads, links
from identity.chain.check import check
from identity.chain.faults import Fault
from identity.chain.places import Folder
from storage.ids import new_id
from tests.identity.factories import NOON

ROWS, PER_HEAD = 48, 8
TRIES = 25
TABLES = ("audit_row", "audit_link", "audit_head")


@dataclass
class World:
    """A sealed log, its heads in a folder, and somebody who may do anything in the database."""

    mighty: asyncpg.Connection
    place: Folder
    dice: random.Random
    ids: list[str]

    async def do(self, statement: str, *values) -> str:
        return await self.mighty.execute(statement, *values)

    async def first(self) -> Fault:
        report = await check([self.place])
        assert not report.clean
        return report.faults[0]

    def somewhere(self, low: int = 2, high: int = ROWS - 1) -> int:
        return self.dice.randint(low, high)


async def grow(count: int) -> None:
    for _ in range(count):
        await audit.record(WORKER, "case.read", f"case/{new_id()}", now=NOON)
    await links.seal(now=NOON)


@asynccontextmanager
async def a_world(place: Folder, url: str) -> AsyncIterator[World]:
    """Seal and sign a log whose heads go to `place`; `url` is for somebody with all rights."""
    for _ in range(ROWS // PER_HEAD):
        await grow(PER_HEAD)
        await heads.sign_head(now=NOON)
    mighty = await asyncpg.connect(url)
    await mighty.execute("SET session_replication_role = replica")
    for table in TABLES:
        await mighty.execute(f"CREATE TEMP TABLE was_{table} AS SELECT * FROM {table}")
    ids = [str(row["row_id"]) for row in await mighty.fetch("SELECT row_id FROM audit_link ORDER BY seq")]
    yield World(mighty, place, random.Random(4), ids)
    await mighty.close()


async def mended(world: World) -> None:
    """Put everything back as it was; then nothing may be found."""
    for table in TABLES:
        await world.do(f"DELETE FROM {table}")
        await world.do(f"INSERT INTO {table} SELECT * FROM was_{table}")
    report = await check([world.place])
    assert report.clean, report.faults


async def rewrite(world: World, first: int) -> None:
    """Make the chain anew from link `first` on, as one would who knows how it is made."""
    rows = await world.mighty.fetch("SELECT * FROM audit_link WHERE seq >= $1 ORDER BY seq", first - 1)
    for before, after in pairwise(rows):
        [kept] = await world.mighty.fetch("SELECT * FROM audit_link WHERE seq = $1", before["seq"])
        await world.do(
            f"UPDATE audit_link SET previous = $2, digest = (SELECT sha256({links.CANONICAL.format(a='a')})"
            " FROM audit_row a WHERE a.id = row_id) WHERE seq = $1",
            after["seq"], links.Link(**kept).value,
        )  # fmt: skip
