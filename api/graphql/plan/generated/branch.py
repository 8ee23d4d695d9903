"""One root field of an operation, answered breadth first.

    level of objects ── for each opened field: ask all ──► column of values ──► completed into the answers
         ▲                        │                              │
         │                        └ to be awaited: `waiting`     └─► objects with opened fields: a level
         └───────────────────────────────────────────────────────────────────────────────┘

All that has to be awaited on the way down is awaited together; then the same goes on from there.
"""

from collections.abc import Iterable
from contextlib import suppress
from functools import cached_property, partial
from typing import Any

from strawberry.execution import optimized_is_awaitable as is_awaitable

from api.graphql.plan.generated.exact import Exact, Place
from api.graphql.plan.generated.info import Request
from api.graphql.plan.generated.leaves import REGULAR
from api.graphql.plan.generated.levels import Level
from api.graphql.plan.generated.resolver import Resolver
from api.graphql.plan.generated.settle import Settled, settle
from api.graphql.plan.generated.tree import Field
from api.graphql.plan.generated.wait import wait_all


class Lost(Exception):
    """The null of a failure rose above the root field."""


class Branch(Exact):
    """The run of one root field."""

    def __init__(self, request: Request, root: Level, field: Field) -> None:
        super().__init__()
        self.request = request
        self.root = root
        self.field = field
        self.may_wait = field.may_wait

    async def run(self) -> None:
        """Put the answer of the field into that of the root.

        Raises:
            Lost: there is no answer at all.
        """
        self.begin(self.root, (self.field,))
        while self.waiting:
            waiting, self.waiting = self.waiting, []
            found = await wait_all([value for values, _ in waiting for value in values])
            self.stage += 1
            begun = 0
            for values, arrive in waiting:
                ended = begun + len(values)
                arrive(found[begun:ended])
                begun = ended
        if self.failures and self.settled.lost:
            raise Lost

    @cached_property
    def settled(self) -> Settled:
        """What the failures came to, when the run has ended."""
        return settle(self.field, self.failures)

    def begin(self, level: Level, fields: Iterable[Field]) -> None:
        """Answer `fields` of all objects of `level`, as far as nothing has to be awaited."""
        for field in fields:
            resolver = field.resolver
            if resolver is None:
                self._completed(level, field, level.unit, _read(field, level.objects))
            elif resolver.batch is not None:
                self._ask_batch(level, field, resolver)
            else:
                self._ask(level, field, resolver)

    def _ask(self, level: Level, field: Field, resolver: Resolver) -> None:
        values: list[Any] = []
        try:
            ask = resolver.bind(self.request)
        except Exception as error:
            values = [error] * len(level.objects)
            return self._completed(level, field, level.unit, values)
        for index, source in enumerate(level.objects):
            try:
                values.append(ask(source, level, index))
            except Exception as error:
                values.append(error)
        if field.is_async or is_awaitable(values[0]):
            self.waiting.append((values, partial(self._completed, level, field, level.depth + 1)))
        else:
            self._completed(level, field, level.unit, values)
        return None

    def _ask_batch(self, level: Level, field: Field, resolver: Resolver) -> None:
        assert resolver.batch is not None
        try:
            answer = resolver.batch(list(level.objects), self.request.context)
        except Exception as error:
            answer = error
        self.waiting.append(([answer], partial(self._batch_came, level, field)))

    def _batch_came(self, level: Level, field: Field, answers: list[Any]) -> None:
        values = answers[0]
        if isinstance(values, Exception):
            values = [values] * len(level.objects)
        elif len(values) != len(level.objects):
            missing = RuntimeError(f"{len(level.objects)} objects were asked of, {len(values)} answered")
            values = [missing] * len(level.objects)
        self._completed(level, field, level.depth + 1, values)

    def _completed(self, level: Level, field: Field, unit: int, values: list[Any]) -> None:
        if field.is_closed:
            self._close(level, field, unit, values)
        else:
            self._open(level, field, unit, values)

    def _close(self, level: Level, field: Field, unit: int, values: list[Any]) -> None:
        key, outs = field.key, level.outs
        with suppress(Exception):  # some value is not as usual: one by one, then
            for out, found in zip(outs, field.column(values), strict=True):
                out[key] = found
            return
        for index, value in enumerate(values):
            try:
                (outs[index][key],) = field.column([value])
            except Exception:
                place = Place(field, level, index, unit, None)
                self.put(place, field.kind, value, (*level.path(index), key), outs[index])

    def _open(self, level: Level, field: Field, unit: int, values: list[Any]) -> None:
        assert field.node is not None, "leaves are closed"
        depth = level.depth + 1 + field.list_depth
        child = Level(field.node, up=level, key=field.key, depth=depth, unit=unit)
        for index, value in enumerate(values):
            out = level.outs[index]
            if not _taken(child, field, index, value, out):
                place = Place(field, level, index, unit, child)
                self.put(place, field.kind, value, (*level.path(index), field.key), out)
        if child.objects:
            self.begin(child, child.node.opened)


def _taken(child: Level, field: Field, owner: int, value: Any, out: dict[str, Any]) -> bool:
    """Take what is as usual: an object, a list of objects, a null; False: nothing was done."""
    display = child.node.display
    try:
        if value is None:
            return not field.is_required  # the null stands there already
        if field.list_depth == 0 and type(value) in REGULAR:
            out[field.key] = one = display(value)
            child.add(value, one, owner, ())
            return True
        if field.list_depth == 1 and type(value) is list and REGULAR.issuperset(map(type, value)):
            out[field.key] = many = [display(each) for each in value]
            child.add_list(value, many, owner)
            return True
    except Exception:
        return False  # the exact way says which one, and why
    return False


def _read(field: Field, objects: list[Any]) -> list[Any]:
    found: list[Any] = []
    for each in objects:
        try:
            found.append(field.read(each))
        except Exception as error:
            found.append(error)
    return found
