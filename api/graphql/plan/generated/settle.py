"""From what went wrong to the errors of the answer, and to the nulls they leave.

While fields are answered, failures are only noted, with a null where each happened.  Here they are put in
the order in which graphql-core would have met them, and get its rules: a failure rises to the next place
that may be null; what lies under a place that is null already is not told.

The order: by `stage`, how many times the operation had to wait before; then as the fields stand.  Fields
that graphql-core waits for at the same time fail together there: of those that rise out of what is
awaited (`unit`, the length of its path) each ends its own part at once, and the whole afterwards.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any, NamedTuple

from graphql import GraphQLError, GraphQLOutputType, is_non_null_type, located_error

from api.graphql.plan.generated.tree import Field

Path = tuple[str | int, ...]


class Failure(NamedTuple):
    """One value that could not be had."""

    error: Exception
    field: Field
    path: Path
    stage: int
    unit: int


class Settled(NamedTuple):
    """What the failures of one root field come to."""

    errors: list[GraphQLError]  # in the order in which they were met
    nulls: set[Path]
    lost: GraphQLError | None  # the one that rose above the root field: there is no data at all


def settle(root: Field, failures: Iterable[Failure]) -> Settled:
    """Return the errors to tell and the places that become null."""
    court = _Court(root)
    ordered = sorted(failures, key=lambda each: (each.stage, court.order(each.path)))
    for _, together in groupby(ordered, key=lambda each: each.stage):
        court.hear(together)
        if court.lost:
            break
    return Settled(court.errors, court.nulls, court.lost)


def make_null(data: dict[str, Any], nulls: Iterable[Path]) -> None:
    """Put a null at each of the places; what lies under another one's is gone already."""
    for *way, last in sorted(nulls, key=len):
        holder: Any = data
        for key in way:
            holder = None if holder is None else holder[key]
        if holder is not None:
            holder[last] = None


class _Court:
    def __init__(self, root: Field) -> None:
        self.root = root
        self.errors: list[GraphQLError] = []
        self.nulls: set[Path] = set()
        self.lost: GraphQLError | None = None

    def order(self, path: Path) -> tuple[int, ...]:
        """Return where a place stands in the answer, read from the top."""
        return tuple(key if isinstance(key, int) else field.position for key, field, _ in self._steps(path))

    def hear(self, together: Iterable[Failure]) -> None:
        rising: list[tuple[Path, Failure]] = []
        ended: set[Path] = set()  # units
        for each in together:
            unit = each.path[: each.unit]
            if unit in ended:
                continue
            landing = self._landing(each.path)
            if len(landing) >= max(each.unit, 1):
                self._tell(landing, each)
            else:
                ended.add(unit)
                rising.append((landing, each))
        # the deeper it begins and the higher it rises, the later it arrives
        for landing, each in sorted(rising, key=lambda found: 2 * found[1].unit - len(found[0])):
            self._tell(landing, each)

    def _tell(self, landing: Path, failure: Failure) -> None:
        if any(landing[:length] in self.nulls for length in range(len(landing) + 1)):
            return
        self.nulls.add(landing)
        error = located_error(failure.error, list(failure.field.chosen.nodes), list(failure.path))
        if landing:
            self.errors.append(error)
        else:
            self.lost = error

    def _landing(self, path: Path) -> Path:
        """Return the nearest place at or above `path` that may be null; (): none may."""
        nullable = [
            length
            for length, (_, _, kind) in enumerate(self._steps(path), start=1)
            if not is_non_null_type(kind)
        ]
        return path[: nullable[-1]] if nullable else ()

    def _steps(self, path: Path) -> Iterator[tuple[str | int, Field, GraphQLOutputType]]:
        """Yield each key of `path` with its field and the type of what stands there."""
        field = self.root
        kind: Any = field.kind
        for depth, key in enumerate(path):
            if isinstance(key, int):
                kind = (kind.of_type if is_non_null_type(kind) else kind).of_type
            elif depth:
                assert field.node is not None, "only objects have keys"
                field = field.node.by_key[key]
                kind = field.kind
            yield key, field, kind
