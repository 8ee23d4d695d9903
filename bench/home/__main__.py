"""The home screen: ours, its peers and its own slower selves on the same rows.  `scripts/bench home`.

Parts: peers (the comparison), connections (4, 64, 256 at once), rate (latency at a fixed rate), unlisted
(operations in no manifest), first (the first request of a session), techniques (each switched off in turn),
alone (single steps that no switch turns off),
flat (five operations among 10 k, 100 k, 1 M citizens, as far as there are so many).
The last line printed is one JSON object.
"""

import json
import sys
from typing import Any

from bench._lab import kernel, options, pages, report, servers, verify, wrk
from bench._lab.options import Options
from bench._lab.rounds import Bench
from bench._lab.servers import Contender, Running, serving
from bench._lab.stage import Stage, stage
from bench.home import flat, parts, sql

PARTS = ("peers", "connections", "rate", "unlisted", "first", "techniques", "alone", "flat")
LOOKS, LOOKS_SMOKE = 300, 30  # draws compared before and after


def contenders(at: Stage, settings: Options) -> list[Contender]:
    """Return ours in all its forms, and the peers; in a smoke run fewer of ours."""
    lab = at.lab
    slower = [
        servers.ours(lab, "ours_generated", GRAPHQL_PATHS="generated,ordinary"),
        servers.ours(lab, "ours_uncached", SWITCHED_OFF="fragments"),
        servers.ours(lab, "ours_ordinary", GRAPHQL_PATHS="ordinary"),
        *servers.bare(lab),
    ]
    return [servers.ours(lab), *slower[: 1 if settings.smoke else None], *servers.peers(lab, at.folder)]


def equal(at: Stage, running: list[Running], settings: Options, when: int) -> int:
    """Return how many answers differ between any two servers; tell of the first."""
    count = LOOKS_SMOKE if settings.smoke else LOOKS
    ours, others = running[0], [each for each in running[1:] if each.name != "static"]
    found, example = verify.different(at.population, ours, others, count=count, seed=-when)
    at.say(f"{count} viewers x {len(others) + 1} servers compared: {found} different {example}")
    return found


def play(at: Stage, settings: Options) -> dict[str, Any]:
    """Run the parts and return everything measured."""
    found: dict[str, Any] = {}
    if any(map(settings.wants, PARTS[:4])):
        compare(at, settings, found)
    if settings.wants("first"):
        found["first"] = parts.first(at, settings)
    if settings.wants("techniques"):
        found["techniques"] = parts.techniques(at, settings)
    if settings.wants("alone"):
        found["sql"] = sql.compared(at, settings)
        found["micro"] = parts.micro(at, settings)
    if settings.wants("flat"):
        found["flat"] = flat.flat(at, settings)
    return found


def compare(at: Stage, settings: Options, found: dict[str, Any]) -> None:
    """Run what needs the peers, between two looks at what everybody answers."""
    with serving(contenders(at, settings), at.folder) as running:
        sample = running[0].ask(running[0].contender.wire(at.population, parts.sample(at.population)))
        with serving([servers.static(sample, at.folder)], at.folder) as more:
            everybody = [*running, *more]
            found["different"] = equal(at, everybody, settings, 1)
            _measure(at, at.bench(settings), everybody, settings, found)
            found["different"] += equal(at, everybody, settings, 2)
            found["pss_mib"] = {each.name: round(each.pss()) for each in everybody}


def _measure(
    at: Stage, bench: Bench, running: list[Running], settings: Options, found: dict[str, Any]
) -> None:
    by_name = {each.name: each for each in running}
    if settings.wants("peers"):
        found["rounds"] = bench.rounds(running, settings.rounds, at.say)
    if settings.wants("connections"):
        found["connections"] = parts.connections(at, bench, by_name, settings)
    if settings.wants("rate"):
        found["rate"] = parts.rates(at, by_name, settings)
    if settings.wants("unlisted"):
        found["unlisted"] = parts.unlisted(at, bench, by_name, settings)


def main() -> None:
    """Measure, print, write the report if asked to, and end with the figures."""
    settings = options.read("The home screen against its peers.", PARTS, small=("peers", "rate", "alone"))
    servers.need_node()
    wrk.program()
    before = kernel.machine()
    with stage(settings) as at:
        found = play(at, settings)
        found |= {"machine": before, "data": at.data, "citizens": at.population.citizens}
        report.show_home(at.console, found)
        bad = found.get("different", 0) + report.failures(found)
        report.keep("home", found)
        if settings.report:
            found = report.write("home", found)
            pages.main()
    print(json.dumps(report.figures(found)))
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
