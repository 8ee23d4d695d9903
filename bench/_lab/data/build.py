"""The whole build: migrate, seed, bring items, copy everything else."""

import asyncio
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import asyncpg
from rich.console import Console

from api import prepare
from api.wiring import wired
from bench._lab.cluster import READER, Lab
from bench._lab.data import apps, cases, items, viewers, wallet
from bench._lab.data.copying import fill
from bench._lab.data.population import Population
from identity import regions
from storage import clock
from storage.db import fetch
from storage.embedded.postgres import Postgres

SIDE = """
CREATE TABLE bench_person (id uuid PRIMARY KEY, name text NOT NULL, level smallint NOT NULL);
CREATE ROLE {reader} LOGIN PASSWORD '{password}';
GRANT pg_read_all_data TO {reader};
ALTER ROLE {reader} SET default_transaction_read_only = on;
"""


@dataclass
class Build:
    """One build under way, and what it reports."""

    lab: Lab
    population: Population
    postgres: Postgres
    console: Console
    rows: dict[str, tuple[int, float]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """The address as superuser, who may put triggers to sleep."""
        return self.postgres.url("postgres")

    async def run(self) -> None:
        """Do it all."""
        settings = self.lab.settings(self.postgres)
        await prepare.migrate(settings)
        await prepare.seed(settings)
        self.say("migrated and seeded")
        async with wired(settings):
            now = await clock.now()
            await items.bring(self.population, now=now)
            await apps.bring(self.population, now=now)
            offered = await items.offered()
            places = await fetch("SELECT agency, region, id::text, name FROM department")
            counties = [place.code for place in regions.shipped().values() if place.level == 3]
            seals = await viewers.sealer(self.population, counties)
        self.say(
            f"{len(offered)} items, {self.population.apps} mini-apps, {len(self.population.viewers)} keys"
        )
        self.postgres.psql(
            SIDE.format(reader=READER, password=self.postgres._password(READER)), database="banshi"
        )
        offices = {(row["agency"], row["region"]): row["id"] for row in places}
        await self.people(seals)
        await self.matters(offered, offices, seals)
        await self.wallets(offices, {row["id"]: row["name"] for row in places}, seals)
        await self.settle()

    async def people(self, seals: viewers.Sealer) -> None:
        """Copy persons and sessions."""
        who = self.population
        await self.copy("person", viewers.PERSON.split(), viewers.persons(who, seals))
        await self.copy("session", viewers.SESSIONS.split(), viewers.sessions(who))
        await self.copy("bench_person", viewers.BENCH_PERSON.split(), viewers.bench_persons(who))

    async def matters(
        self, offered: Sequence[items.Offered], offices: dict[tuple[str, str], str], seals: viewers.Sealer
    ) -> None:
        """Copy cases, then what hangs on them, two tables at a time."""
        who = self.population
        await self.copy("case_file", cases.CASE, cases.rows(who, offered, offices, seals))
        if not who.subset:
            await asyncio.gather(
                self.copy("case_material", cases.MATERIALS, cases.materials(who, offered)),
                self.copy("case_event", cases.EVENTS, cases.events(who, offered)),
            )

    async def wallets(
        self, offices: dict[tuple[str, str], str], names: dict[str, str], seals: viewers.Sealer
    ) -> None:
        """Copy notices, and certificates and clocks unless it is the subset."""
        who = self.population
        todo = [self.copy("notice", wallet.INBOX, wallet.notices(who))]
        if not who.subset:
            lines = wallet.certificates(who, offices, names, seals)
            todo.append(self.copy("certificate", wallet.COLUMNS, lines))
        await asyncio.gather(*todo)
        if not who.subset:
            offered = [items.Offered("", "", "", "", ())]
            await self.copy("case_clock", cases.CLOCKS, cases.clocks(who, offered))

    async def copy(self, table: str, columns: Sequence[str], lines: Iterable[str]) -> None:
        """Fill one table and tell how fast it went."""
        rows, seconds = self.rows[table] = await fill(self.url, table, columns, lines)
        self.say(f"{table:<14}{rows:>12,} rows {seconds:>7.1f} s {rows / max(seconds, 0.001):>10,.0f} rows/s")

    async def settle(self) -> None:
        """Leave nothing for autovacuum to do under a measurement."""
        connection = await asyncpg.connect(self.url)
        try:
            await connection.execute("SELECT setval('case_serial', $1)".replace("$1", "50000000"))
            await connection.execute("VACUUM (ANALYZE)")
            await connection.execute("CHECKPOINT")
        finally:
            await connection.close()

    def say(self, line: str) -> None:
        """Show how far it is."""
        self.console.print(f"  {line}", highlight=False)


def ensure(lab: Lab, population: Population, console: Console) -> dict[str, float]:
    """Build the data of `lab` unless it is there; return sizes in rows, seconds and bytes."""
    report = lab.built(repr(population))
    if report is not None:
        return report
    began = time.monotonic()
    console.print(f"building {population.citizens:,} citizens in {lab.folder.path}", highlight=False)
    with lab.building() as postgres:
        build = Build(lab, population, postgres, console)
        asyncio.run(build.run())
        size = int(postgres.psql("SELECT pg_database_size('banshi')", database="banshi"))
        report = {f"{table}_rows": float(rows) for table, (rows, _) in build.rows.items()}
    report |= {"seconds": round(time.monotonic() - began, 1), "bytes": float(size)}
    lab.note_built(repr(population), report)
    console.print(f"built in {report['seconds']:.0f} s, {size / 2**30:.2f} GiB", highlight=False)
    return report
