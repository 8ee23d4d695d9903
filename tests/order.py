"""In which order tests run, and which process runs them: modules whole, slow ones first.

A module has fixtures that are dear to make, so that it is not torn apart; and what is slow begins early,
so that neither process ends long before the other.
"""

from collections.abc import Sequence

import pytest
from xdist.scheduler import LoadScopeScheduling

TOGETHER = "tests/browser/"
"""Modules that share one platform and what is published there: they are one unit, for one process."""
APART = frozenset({"bridge", "bridge_attacks", "bridge_floods", "compression", "doing", "examples_at_a_desk",
                   "old_pages", "service_guide", "simulator_old_page", "simulator_page"})  # fmt: skip
"""Those among them that need none."""

HEAVY = ("tests/bench/", "tests/miniapps/review/test_agreement", "tests/api/parity/",
         "tests/api/oidc/test_races", "tests/api/web/test_looks", "tests/kill/")  # fmt: skip
"""Modules of minutes, which come next."""


class Units(LoadScopeScheduling):
    """Hands out whole units."""

    def _split_scope(self, nodeid: str) -> str:
        return unit(nodeid)


def unit(nodeid: str) -> str:
    """Return what a test belongs to."""
    module = nodeid.partition("::")[0]
    alone = module.removeprefix(TOGETHER + "test_").removesuffix(".py") in APART
    return TOGETHER if module.startswith(TOGETHER) and not alone else module


def slow_first(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """Return the tests with the largest unit first, as it is written, and then modules by their weight."""
    return sorted(items, key=_rank)


def _rank(item: pytest.Item) -> tuple[int, str, int, str]:
    if unit(item.nodeid) == TOGETHER:
        module, line, _ = item.location
        return 0, module, line or 0, item.nodeid
    if not item.get_closest_marker("slow"):
        return 3, "", 0, ""
    return (1 if item.nodeid.startswith(HEAVY) else 2), "", 0, ""
