"""Answering by a plan: bind the arguments, take what is kept, read the rest, fill the places, hand out bytes.

A plan makes no error of its own.  Whatever is not as it should be makes it answer None, and the
operation runs on a path that says what is wrong.
"""

from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from api.graphql.plan.arguments import Bound, Refused
from api.graphql.plan.filling import HOLE_MARK, filled
from api.graphql.plan.generated import Generated
from api.graphql.plan.generated.wait import together
from api.graphql.plan.house import House
from api.graphql.plan.runtime.batching import Batches
from api.graphql.plan.runtime.compression import Parts
from api.graphql.plan.runtime.fragments import Fragment, Fragments
from api.graphql.plan.segments import Cached, Constant, Plan, Private, Read
from api.graphql.plan.sharing import Changes, key_of
from api.graphql.plan.sql import BROKEN
from api.graphql.plan.statements import VIEWER

HEAD, TAIL, COMMA = b'{"data":{', b"}}", b","
BROKEN_MARK = BROKEN.encode()

MOST_KEPT = 32  # answers per session: first-party clients have a handful of documents

Filled = list[Fragment | bytes | None]  # for each segment of a plan; None: not yet made

Get = Callable[[Any], Any]  # of a context

encode = msgspec.json.Encoder().encode


class Irregular(Exception):
    """The plan cannot answer this request."""


@dataclass(frozen=True)
class Runner:
    """What plans run with; `failed` hears of whatever was not the asker's fault."""

    house: House
    batches: Batches
    fragments: Fragments
    failed: Callable[[BaseException], None]

    async def answer(
        self,
        plan: Plan,
        variables: Mapping[str, Any],
        context: Any,
        bound: Mapping[str, Bound] | None = None,
    ) -> Parts | None:
        """Return the whole body in parts; None: let another path answer.

        `bound` are the variables when the plan's binder recalls them.
        """
        if (plan.read is not None and not self.house.serves(context)) or not plan.allows(context):
            return None
        try:
            return await self._answer(plan, variables, context, bound or plan.binder.bind(variables))
        except (Irregular, Refused):
            return None
        except Exception as error:
            self.failed(error)
            return None

    async def _answer(
        self, plan: Plan, variables: Mapping[str, Any], context: Any, bound: Mapping[str, Bound]
    ) -> Parts:
        kept = [
            self.held(each, bound, context) if isinstance(each, Cached) else b"" for each in plan.segments
        ]
        if None in kept:
            columns = await self._fill(plan, kept, bound, variables, context)
        elif plan.read is not None:
            columns = await self._read(plan.read, bound, context)
        else:
            columns = ()
        for key, seen in plan.seen:
            noting = seen(context, bound[key].values)
            if noting is not None:
                await noting
        return _joined(plan, kept, columns)

    async def _fill(
        self, plan: Plan, kept: Filled, bound: Mapping[str, Bound], variables: Mapping[str, Any], context: Any
    ) -> Sequence[bytes]:
        """Put what is missing into `kept` while the operation's own statement runs; return its columns."""
        missing = [(place, plan.segments[place]) for place, found in enumerate(kept) if found is None]
        making: list[Awaitable[Any]] = [
            self._make(each, bound, variables, context) for _, each in missing if isinstance(each, Cached)
        ]
        if plan.read is not None:
            making.append(self._read(plan.read, bound, context))
        made = await together(making)
        for (place, _), found in zip(missing, made, strict=False):
            kept[place] = found
        return () if plan.read is None else made[-1]

    def row(self, read: Read, bound: Mapping[str, Bound]) -> list[tuple[Get | None, Any]]:
        """Return what who asks hands in: how each value is got from the context, or else the value."""
        viewer = self.house.viewer
        return [
            (viewer[name][1], None) if key == VIEWER else (None, bound[key].values[name])
            for key, name in read.parameters
        ] or [(None, 0)]

    async def _read(self, read: Read, bound: Mapping[str, Bound], context: Any) -> Sequence[bytes]:
        row = tuple([get(context) if get else value for get, value in self.row(read, bound)])
        found = []
        for column in await self.batches.fetch(read.statement, row):
            if column is None or BROKEN_MARK in column:
                raise Irregular
            is_whole = not read.steps or HOLE_MARK not in column
            found.append(column if is_whole else await filled(column, read, context))
        return found

    def held(self, each: Cached, all_bound: Mapping[str, Bound], context: Any) -> Fragment | bytes | None:
        """Return what is kept of a segment."""
        bound = all_bound[each.key]
        if not bound.short:
            return None
        if each.by == "shared":
            return self.fragments.peek(self.key(each, bound, _changes(each, bound), context))
        kept = self.house.kept(context)
        return None if kept is None else kept.get((each.identity, bound.key))

    async def _make(
        self, each: Cached, all_bound: Mapping[str, Bound], variables: Mapping[str, Any], context: Any
    ) -> Fragment | bytes:
        """Return a segment made now, and keep it if it may be kept."""
        bound = all_bound[each.key]
        changes = _changes(each, bound)

        async def make() -> bytes:
            asker = self.house.nobody(context) if each.by == "shared" else context
            if isinstance(each.maker, Read):
                [column] = await self._read(each.maker, {each.key: bound}, asker)
                return column
            if each.sharing is None:
                return await _made(each.maker, variables, asker)
            await each.sharing.alike.learn()
            return await _made(each.maker, each.sharing.given(variables, changes), asker)

        if not bound.short:
            return await make()
        if each.by == "shared":
            return await self.fragments.get(self.key(each, bound, changes, context), each.topics, make)
        made = await make()
        kept = self.house.kept(context)
        if kept is not None:
            if len(kept) >= MOST_KEPT:
                kept.clear()
            kept[each.identity, bound.key] = made
        return made

    def key(self, each: Cached, bound: Bound, changes: Changes, context: Any) -> Hashable:
        """Return under what a shared segment is kept."""
        return each.identity, key_of(bound, changes), self.house.minute(context) if each.by_minute else None


def _changes(each: Cached, bound: Bound) -> Changes:
    return {} if each.sharing is None else each.sharing.changes(bound)


async def _made(maker: Generated, variables: Mapping[str, Any], context: Any) -> bytes:
    data, errors = await maker.run(variables, context)
    if errors or data is None:
        raise Irregular
    return encode(data)[1:-1]


def _joined(plan: Plan, kept: Filled, columns: Sequence[bytes]) -> Parts:
    parts: list[bytes | Fragment] = [HEAD]
    for position, (segment, found) in enumerate(zip(plan.segments, kept, strict=True)):
        if position:
            parts.append(COMMA)
        if isinstance(segment, Private):
            parts.append(columns[segment.column])
        elif isinstance(segment, Constant):
            parts.append(segment.text)
        elif found is not None:
            parts.append(found)
    parts.append(TAIL)
    return parts
