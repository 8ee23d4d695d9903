"""What may be said to a bench on its command line."""

import argparse
import os
from dataclasses import dataclass

from bench._lab.data.population import Population

SMALL = 10_000  # citizens of a smoke run
FEW_ITEMS, FOR_FEW = 240, 4_000  # in a smoke run, and among fewer citizens than these
ITEMS = 3_000


@dataclass(frozen=True)
class Options:
    """What was said."""

    citizens: int
    subset: bool
    rounds: int
    seconds: float
    minutes: float
    smoke: bool
    json: bool  # nothing but the last line on standard output
    report: bool  # write docs/benchmarks-data and the sections of docs/benchmarks.md
    only: frozenset[str]  # parts to run; empty: all

    @property
    def population(self) -> Population:
        """Who is there."""
        items = FEW_ITEMS if self.smoke or self.citizens < FOR_FEW else ITEMS
        viewers = min(20_000, max(400, self.citizens // 5))
        return Population(self.citizens, subset=self.subset, most_viewers=viewers, items=items)

    def wants(self, part: str) -> bool:
        """Say whether a part is to be run."""
        return not self.only or part in self.only


def read(
    description: str,
    parts: tuple[str, ...],
    small: tuple[str, ...],
    *,
    citizens: int = 1_000_000,
    few: int = SMALL,
) -> Options:
    """Read the command line; SMOKE=1 in the environment runs `small` parts among `few` citizens."""
    smoke = bool(os.environ.get("SMOKE"))
    parser = argparse.ArgumentParser(description=description)
    citizens = few if smoke else citizens
    parser.add_argument("--citizens", type=int, default=citizens, help=f"how many there are ({citizens})")
    parser.add_argument("--subset", action="store_true", help="without materials, events and certificates")
    parser.add_argument("--rounds", type=int, default=1 if smoke else 5, help="shuffled rounds")
    parser.add_argument("--seconds", type=float, default=1 if smoke else 4, help="of one run")
    parser.add_argument("--minutes", type=float, default=0.05 if smoke else 10, help="of the mixed load")
    parser.add_argument("--json", action="store_true", help="print the last line only")
    parser.add_argument("--report", action="store_true", help="write docs/benchmarks-data and -.md")
    parser.add_argument(
        "--only", default=",".join(small) if smoke else "", help=f"some of: {', '.join(parts)}"
    )
    given = vars(parser.parse_args())
    given["only"] = frozenset(filter(None, given["only"].split(",")))
    unknown = given["only"] - set(parts)
    if unknown:
        parser.error(f"no part of this bench: {', '.join(sorted(unknown))}")
    return Options(smoke=smoke, **given)
