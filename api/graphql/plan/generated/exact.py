"""The exact way of a value that the generated functions do not know: by graphql-core's rules, one by one.

A failure is noted where it happens, and a null stands there (settle makes errors of them).  What
must be awaited is put on `waiting`, and its place is filled later.
"""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterable, Callable, Iterable
from functools import partial
from typing import Any, NamedTuple

from graphql import (
    Executor,
    GraphQLError,
    GraphQLOutputType,
    Undefined,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)
from graphql.pyutils import is_iterable
from strawberry.execution import optimized_is_awaitable as is_awaitable

from api.graphql.plan.generated.leaves import checked
from api.graphql.plan.generated.levels import Level
from api.graphql.plan.generated.settle import Failure, Path
from api.graphql.plan.generated.tree import Field


class Place(NamedTuple):
    """Of what a value is part: of a field of the object with number `owner` of `level`."""

    field: Field
    level: Level
    owner: int
    unit: int
    child: Level | None  # takes the objects whose fields are opened


class Exact(ABC):
    """Completes values one by one."""

    def __init__(self) -> None:
        self.failures: list[Failure] = []
        self.waiting: list[tuple[list[Any], Callable[[list[Any]], None]]] = []
        self.stage = 0  # how many times was waited

    @abstractmethod
    def begin(self, level: Level, fields: Iterable[Field]) -> None:
        """Answer `fields` of all objects of `level`."""

    def put(self, place: Place, kind: GraphQLOutputType, value: Any, path: Path, holder: Any) -> None:
        """Complete `value` of `kind` into `holder`, which stands at `path` without its last key."""
        holder[path[-1]] = None
        try:
            if is_awaitable(value):
                self._later(place, kind, value, path, holder)
            elif isinstance(value, Exception):
                raise value
            else:
                self._complete(place, kind, value, path, holder)
        except Exception as error:
            self.failures.append(Failure(error, place.field, path, self.stage, place.unit))

    def _complete(self, place: Place, kind: Any, value: Any, path: Path, holder: Any) -> None:
        bare = kind.of_type if is_non_null_type(kind) else kind
        if value is None or value is Undefined:
            if bare is not kind:
                chosen = place.field.chosen
                raise TypeError(f"Cannot return null for non-nullable field {chosen.parent}.{chosen.name}.")
        elif is_list_type(bare):
            if isinstance(value, AsyncIterable):
                self._later(place, kind, _drain(value), path, holder)
            else:
                listed: list[Any] = []
                holder[path[-1]] = listed
                self._list(place, bare.of_type, value, path, listed)
        elif is_leaf_type(bare):
            holder[path[-1]] = Executor.complete_leaf_value(bare, value)
        else:
            holder[path[-1]] = self._object(place, value, path)

    def _list(self, place: Place, kind: Any, value: Any, path: Path, listed: list[Any]) -> None:
        if not is_iterable(value):
            chosen = place.field.chosen
            raise GraphQLError(
                f"Expected Iterable, but did not find one for field '{chosen.parent}.{chosen.name}'."
            )
        for index, item in enumerate(value):
            listed.append(None)
            self.put(place, kind, item, (*path, index), listed)

    def _object(self, place: Place, value: Any, path: Path) -> dict[str, Any]:
        out = self.display(place, checked(value), path)
        if place.child is not None:
            place.child.add(value, out, place.owner, path[place.level.depth + 1 :])  # type: ignore[arg-type]
        return out

    def display(self, place: Place, value: Any, path: Path) -> dict[str, Any]:
        """Return the answer of one object as far as its plain fields go."""
        node = place.field.node
        assert node is not None, "leaves have no fields"
        try:
            return node.display(value)
        except Exception:
            out: dict[str, Any] = dict.fromkeys(node.by_key)
        for field in node.fields:
            if field.is_plain:
                self._plain(place._replace(field=field, child=None), value, (*path, field.key), out)
        return out

    def _plain(self, place: Place, value: Any, path: Path, out: dict[str, Any]) -> None:
        try:
            found = place.field.read(value)
        except Exception as error:
            found = error
        self.put(place, place.field.kind, found, path, out)

    def _later(self, place: Place, kind: GraphQLOutputType, value: Any, path: Path, holder: Any) -> None:
        self.waiting.append(([value], partial(self._arrive, place, kind, path, holder)))

    def _arrive(
        self, place: Place, kind: GraphQLOutputType, path: Path, holder: Any, values: list[Any]
    ) -> None:
        old = place.child
        child = old and Level(old.node, up=old.up, key=old.key, depth=old.depth, unit=len(path))
        self.put(place._replace(unit=len(path), child=child), kind, values[0], path, holder)
        if child is not None and child.objects:
            self.begin(child, child.node.opened)


async def _drain(values: AsyncIterable[Any]) -> list[Any]:
    return [value async for value in values]
