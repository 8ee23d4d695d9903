"""In which order tests run: slow modules first on both processes, so that neither ends long before the other.

xdist hands each process half of the list and lets who is done take from the end of what the other has left:
what stands there had better be quick.
"""

from collections.abc import Sequence
from itertools import chain

import pytest


def slow_first(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """Return the tests with half of the slow modules at the start, the others in the middle."""
    modules: dict[str, list[pytest.Item]] = {}
    quick = []
    for item in items:
        if item.get_closest_marker("slow"):
            modules.setdefault(item.nodeid.partition("::")[0], []).append(item)
        else:
            quick.append(item)
    slow = list(modules.values())
    one, other = (list(chain.from_iterable(each)) for each in (slow[::2], slow[1::2]))
    middle = max(0, len(items) // 2 - len(one))
    return [*one, *quick[:middle], *other, *quick[middle:]]
