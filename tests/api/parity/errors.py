"""When two lists of errors tell the same.

Several fields under one place may fail while that place becomes null.  Which of their errors is told then
depends on which failed first, in graphql-core as well: GraphQL leaves it open.  So where errors met above
their own field both lists must tell at least one of them, and what both tell of one field must be the same.
Everywhere else they are the same.
"""

import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

Place = tuple[str | int, ...]


def agree(data: Any, one: Sequence[str], other: Sequence[str]) -> bool:
    """Say whether two lists of errors, each as JSON text, tell the same of an answer with this `data`."""
    ours, theirs = _by_null(data, one), _by_null(data, other)
    return ours.keys() == theirs.keys() and all(_alike(place, ours[place], theirs[place]) for place in ours)


def _by_null(data: Any, errors: Sequence[str]) -> dict[Place, dict[Place, str]]:
    """Return the errors by the place that became null, and there by their own path."""
    found: dict[Place, dict[Place, str]] = defaultdict(dict)
    for error in errors:
        path = tuple(json.loads(error).get("path", ()))
        found[_null(data, path)][path] = error
    return found


def _null(data: Any, path: Place) -> Place:
    for length, key in enumerate(path):
        if data is None:
            return path[:length]
        data = data[key]
    return path


def _alike(place: Place, one: dict[Place, str], other: dict[Place, str]) -> bool:
    if one.keys() | other.keys() == {place}:
        return one == other
    return all(one[path] == other[path] for path in one.keys() & other.keys())
