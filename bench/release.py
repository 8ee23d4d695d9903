"""What choosing a version costs, and counting what happens: `scripts/bench release`; SMOKE=1: a short run.

In one process, no server.  The last line printed is one JSON object.
"""

import json
import os
import random
import statistics
import timeit
from uuid import UUID

from bench._lab import kernel
from miniapps.insight.rules.counting import What
from miniapps.insight.service import note
from miniapps.insight.service.noting import Buffer, counting_into
from miniapps.release.rules.choice import Citizen, Offer, choose
from miniapps.release.rules.needs import Host, Needs, prefixes
from miniapps.release.rules.rising import Standing

CITIZENS, CALLS, FEW = 1_000, 200_000, 20_000
ROUNDS = 7
PICK_TARGET_US, NOTE_TARGET_US = 20.0, 2.0
REGIONS = tuple(f"33{city:02}{district:02}" for city in range(1, 11) for district in range(10))


def offers() -> dict[str, Offer]:
    """Return offers from the cheapest to the dearest."""
    old, new = UUID(int=1), UUID(int=2)
    needs = dict.fromkeys((old, new), Needs(Host(1, 0), prefixes((*REGIONS, "339900"))))
    return {
        "stable": Offer(old),
        "testers": Offer(old, new),
        "percent": Offer(old, new, 20),
        "regions": Offer(old, new, 20, prefixes(REGIONS)),
        "needs": Offer(old, new, 20, prefixes(REGIONS), (), needs),
        "stopped": Offer(old, new, 20, prefixes(REGIONS), frozenset(UUID(int=n) for n in range(9, 99))),
    }


def each_us(statement: str, calls: int, **known: object) -> float:
    """Return the microseconds of one call: the median of several rounds."""
    rounds = timeit.repeat(statement, globals=known, number=calls, repeat=ROUNDS)
    return statistics.median(rounds) / calls * 1e6


def main() -> None:
    """Measure and print."""
    chance = random.Random(20261122)
    citizens = [Citizen(UUID(int=chance.getrandbits(128)), "339902") for _ in range(CITIZENS)]
    loops = (FEW if os.environ.get("SMOKE") else CALLS) // CITIZENS
    figures: dict[str, float] = {}
    for name, offer in offers().items():
        code = "for citizen in citizens: choose(offer, citizen)"
        figures[name] = each_us(code, loops, citizens=citizens, choose=choose, offer=offer) / CITIZENS
        print(f"choose, {name:8} {figures[name]:7.2f} µs")
    standing = Standing(stable=UUID(int=1), candidate=UUID(int=2), percent=20, regions=REGIONS)
    code = "choose(standing.offer, citizen)"
    figures["whole"] = each_us(code, loops * 10, choose=choose, standing=standing, citizen=citizens[0])
    print(f"with a row of {len(REGIONS)} regions read {figures['whole']:.2f} µs")
    with counting_into(Buffer()):
        figures["note"] = each_us("note('a', '1', call)", loops * CITIZENS, note=note, call=What.CALL)
        code = "for each in citizens: note('a', '1', call, by=each.party_id, ms=84.5)"
        figures["note_by"] = each_us(code, loops, note=note, call=What.CALL, citizens=citizens) / CITIZENS
    print(f"note            {figures['note']:7.2f} µs\nnote of a call  {figures['note_by']:7.2f} µs")
    dearest = max(us for name, us in figures.items() if not name.startswith("note"))
    print(f"targets: choose ≤ {PICK_TARGET_US} µs, note ≤ {NOTE_TARGET_US} µs; {kernel.machine()}")
    result = {"bench": "release", "choose_us": round(dearest, 2), "note_us": round(figures["note_by"], 2)}
    print(json.dumps(result))


if __name__ == "__main__":
    main()
