"""What was aimed at, and how far it was reached: medians against the least that would do."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from bench._lab import rounds
from bench._lab.rounds import Round


class Target(NamedTuple):
    """One figure: `over` ÷ `under` of `what`, to be at least or at most `bar`."""

    told: str
    over: str
    under: str
    bar: float
    what: str = "per_s"

    @property
    def is_most(self) -> bool:
        """Whether the bar is not to be passed: it is CPU that is compared."""
        return self.what != "per_s"


TARGETS = (
    Target("ours ÷ mercurius-jit", "ours", "mercurius_jit", 5),
    Target("ours ÷ mercurius, memoised", "ours", "mercurius_memo", 3.5),
    Target("ours ÷ PostGraphile", "ours", "postgraphile", 7),
    Target("ours ÷ stock Strawberry", "ours", "strawberry_stock", 60),
    Target("ours, nothing cached ÷ mercurius-jit", "ours_uncached", "mercurius_jit", 2.7),
    Target("CPU of ours ÷ of a static answer", "ours", "static", 3.5, "app_us"),
    Target("CPU of PostgreSQL, ours ÷ mercurius-jit", "ours", "mercurius_jit", 0.25, "pg_us"),
    Target("bare ÷ mercurius-jit", "ours_bare", "mercurius_jit", 7.5),
    Target("bare ÷ mercurius, memoised", "ours_bare", "mercurius_memo", 4.5),
    Target("bare ÷ PostGraphile", "ours_bare", "postgraphile", 10),
    Target("bare ÷ stock Strawberry", "ours_bare", "strawberry_stock", 90),
    Target("bare, nothing cached ÷ mercurius-jit", "ours_bare_uncached", "mercurius_jit", 4),
    Target("CPU of bare ÷ of a static answer", "ours_bare", "static", 2, "app_us"),
    Target("generated executor ÷ stock Strawberry", "strawberry_generated", "strawberry_stock", 9),
)


def lines(played: Sequence[Round], found: Mapping[str, Any]) -> list[list[str]]:
    """Return a row for each target that was measured: what, bar, median, by how much it was missed."""
    made = []
    for each in TARGETS:
        spread = rounds.ratio(played, each.over, each.under, each.what)
        if spread is not None:
            made.append(line(each.told, spread.median, each.bar, is_most=each.is_most))
    at_rate = found.get("rate", {}).get("ours", {}).get("1200")
    if at_rate:
        made.append(line("p99 in ms at 1,200 requests a second", at_rate["p99_ms"], 8, is_most=True))
    if again := found.get("unlisted"):
        second = again["second_sight"]["median"]
        made.append(line("in no manifest, second sight ÷ stock", second, 5, is_most=False))
        first = again["first_sight"]["ratio"]
        made.append(line("in no manifest, time of first sight ÷ stock", first, 1.1, is_most=True))
    return made + _flat(found.get("flat", {}))


def _flat(found: Mapping[str, Any]) -> list[list[str]]:
    """Return a row for each operation among more citizens than the fewest."""
    made = []
    for name, sizes in found.items():
        least, *more = sorted(map(int, sizes))
        for size in more:
            if spread := sizes[str(size)]["least_over_this"]:
                told = f"{name}: answers/s among {least:,} citizens ÷ among {size:,}"
                made.append(line(told, spread["median"], 1.2, is_most=True))
    return made


def line(told: str, value: float, bar: float, *, is_most: bool) -> list[str]:
    """Return the row of one figure."""
    missed = value / bar - 1 if is_most else 1 - value / bar
    result = "reached" if missed <= 0 else f"**missed by {missed * 100:.0f} %**"
    return [told, f"{'≤' if is_most else '≥'} {bar:g}", f"{value:.3g}", result]
