"""A bench's stage: data there, servers up, somebody to talk to."""

import asyncio
import contextlib
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from bench._lab import clean, kernel
from bench._lab.cluster import Lab
from bench._lab.data.build import ensure
from bench._lab.data.population import Population
from bench._lab.fresh import freshen
from bench._lab.options import ITEMS, Options
from bench._lab.rounds import Bench
from bench._lab.wires import PEERS


@dataclass
class Stage:
    """Where a bench plays."""

    lab: Lab
    population: Population
    console: Console
    folder: Path  # for logs and lists, gone at the end
    data: dict[str, float]  # what building the data told

    def say(self, line: str) -> None:
        """Tell how far it is, on standard error or output."""
        self.console.print(line, highlight=False, markup=False)

    def bench(self, options: Options) -> Bench:
        """Return what runs share."""
        database, valkey = self.lab.postgres, self.lab.valkey

        def pg() -> dict[int, float]:
            return kernel.cpu_us(database.process.pid) if database.process else {}

        def limits() -> dict[int, float]:
            return kernel.cpu_us(valkey.process.pid) if valkey.process else {}

        return Bench(self.population, pg, limits, seconds=options.seconds)


def console(options: Options) -> Console:
    """Return where progress and tables go."""
    return Console(file=sys.stderr if options.json else sys.stdout, width=150)


@contextlib.contextmanager
def stage(
    options: Options, *, objects: bool = False, population: Population | None = None
) -> Iterator[Stage]:
    """Build the data if need be, start the servers under it and give them to the block."""
    people = population or options.population
    talk = console(options)
    lab = Lab(people.citizens, subset=people.subset, few=people.items < ITEMS)
    try:
        data = ensure(lab, people, talk)
        with lab.running(objects=objects), tempfile.TemporaryDirectory(prefix="banshi-bench-") as folder:
            asyncio.run(freshen(lab, people))
            lab.postgres.psql((PEERS / "postgraphile.sql").read_text(), database="banshi")
            with _cleaned(lab):
                yield Stage(lab, people, talk, Path(folder), data)
    finally:
        lab.let_go()


@contextlib.contextmanager
def _cleaned(lab: Lab) -> Iterator[None]:
    """Remove what the block writes, and what an earlier one wrote that was killed."""
    url = lab.postgres.url("postgres")
    if lab.unclean.exists():
        asyncio.run(clean.since(url, lab.unclean.read_text()))
    first = clean.moment()
    written = lab.unclean.with_suffix(".new")
    written.write_text(first)
    written.replace(lab.unclean)  # whole or not there, whenever we are killed
    try:
        yield
    finally:
        asyncio.run(clean.since(url, first))
        lab.unclean.unlink()
