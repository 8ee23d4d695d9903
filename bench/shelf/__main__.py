"""The shelf at a province's size: its home and searching it.  `scripts/bench shelf`; SMOKE=1: a few of each.

415 mini-apps and 3,700 items in a cluster of its own.  First in one process and without HTTP: what the short
way for trusted documents does with a request (ADR 081) once it is read.  "Made" is a first answer to these
arguments, which asks the database; "kept" the next within its minute.  Then each kind alone, and a mixture
with home screens, through the real server at a fixed rate.  The last line is one JSON object.
"""

import argparse
import asyncio
import json
import os
import sys
from datetime import UTC, datetime
from typing import Any

from api.settings import Settings
from bench._lab import kernel, pages, report
from bench._lab.passing import passing
from bench.shelf import alone, load, rows
from bench.shelf.alone import Spread
from bench.shelf.load import Load
from storage.embedded.postgres import Postgres

APPS, ITEMS, SEARCHES = 415, 3_700, 600
FEW_APPS, FEW_ITEMS, FEW_SEARCHES = 40, 200, 40


async def one_asker(server: Postgres, config: Settings, given: argparse.Namespace) -> dict[str, Spread]:
    """Fill the database and let one ask after the other."""
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    await alone.fill(server, given.apps, given.items, now=now)
    return await alone.measure(config, rows.searches(given.searches), now=now)


def play(given: argparse.Namespace, much: Load) -> dict[str, Any]:
    """Measure, tell, and return everything."""
    found: dict[str, Any] = {"machine": kernel.machine(), "apps": given.apps, "items": given.items}
    with passing() as here:
        spreads = asyncio.run(one_asker(here.postgres, here.settings, given))
        found["alone"] = {what: vars(spread) for what, spread in spreads.items()}
        found["load"] = load.play(here.settings, much, rows.searches(given.searches), here.folder)
    return found


def show(found: dict[str, Any]) -> None:
    """Print what was measured."""
    print(f"{found['machine']}\n{found['apps']:,} mini-apps, {found['items']:,} items, milliseconds")
    for what, spread in found["alone"].items():
        print(f"{what:12} p50 {spread['p50']:8.3f}   p99 {spread['p99']:8.3f}   one asker")
    under = found["load"]
    for cores, times in (("as shipped", under), ("cores halting", under["halting"])):
        for how in ("alone", "together"):
            for what, took in times[how].items():
                told = f"{how}, {under['per_s']:,}/s over HTTP, {cores}"
                print(f"{what:12} p50 {took['p50_ms']:8.3f}   p99 {took['p99_ms']:8.3f}   {told}")
    if under["bad"]:
        print(f"{under['bad']} failed, the first so: {under['example']}")


def reached(found: dict[str, Any], *, smoke: bool) -> bool:
    """Say whether every bar was; a smoke run's times say nothing of the program."""
    under = found["load"]
    return not under["bad"] if smoke else alone.holds(found["alone"]) and load.holds(under)


def main() -> None:
    """Measure, print, and end with the figures."""
    smoke = bool(os.environ.get("SMOKE"))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--apps", type=int, default=FEW_APPS if smoke else APPS)
    parser.add_argument("--items", type=int, default=FEW_ITEMS if smoke else ITEMS)
    parser.add_argument("--searches", type=int, default=FEW_SEARCHES if smoke else SEARCHES)
    parser.add_argument("--report", action="store_true", help="write docs/benchmarks-data and -.md")
    given = parser.parse_args()
    found = play(given, load.SMALL if smoke else load.FULL)
    show(found)
    report.keep("shelf", found)
    if given.report:
        report.write("shelf", found)
        pages.main("shelf")
    figures = {f"{what}_ms": spread["p50"] for what, spread in found["alone"].items()}
    names = ("per_s", "answered", "bad", "alone", "together", "halting")
    under = {name: found["load"][name] for name in names}
    print(json.dumps({"bench": "shelf", "apps": given.apps, "items": given.items, **figures, "load": under}))
    sys.exit(0 if reached(found, smoke=smoke) else 1)


if __name__ == "__main__":
    main()
