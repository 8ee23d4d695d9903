"""A question that came before, answered without a task when all that is kept is at hand.

    Again(runner, plan, bound) -> begin(context) -> Begun -> [one read, shared with others] -> end() -> parts

Most requests of a working day are so.  The usual way (`running`) walks through a dozen coroutines in a task
of its own to wait for one future; here whoever asks waits for that future himself.  Whatever would have
to be made or filled in is for the usual way, which knows how.
"""

import asyncio
from collections.abc import Awaitable, Coroutine, Iterable, Mapping
from typing import Any

from api.graphql.plan.arguments import Bound
from api.graphql.plan.running import BROKEN_MARK, COMMA, HEAD, TAIL, Irregular, Runner
from api.graphql.plan.runtime.batching import Answer
from api.graphql.plan.runtime.compression import Parts
from api.graphql.plan.runtime.fragments import Fragment
from api.graphql.plan.segments import Cached, Constant, Plan, Private


class Again:
    """A plan with the arguments of one setting of variables, for whoever asks with the same ones."""

    __slots__ = (
        "_columns",
        "_row",
        "_runner",
        "_session",
        "_shared",
        "_template",
        "_varying",
        "bound",
        "plan",
    )

    def __init__(self, runner: Runner, plan: Plan, bound: Mapping[str, Bound]) -> None:
        self.plan = plan
        self.bound = bound
        self._runner = runner
        self._template = _template(plan)
        self._row = [] if plan.read is None else runner.row(plan.read, bound)
        places = [(2 * number + 1, each) for number, each in enumerate(plan.segments)]
        self._columns = [(place, each.column) for place, each in places if isinstance(each, Private)]
        kept = [(place, each, bound[each.key]) for place, each in places if isinstance(each, Cached)]
        self._session = [
            (place, (each.identity, values.key)) for place, each, values in kept if each.by == "session"
        ]
        self._shared = [
            (place, runner.key(each, values, {}, None)) for place, each, values in kept if _is_fixed(each)
        ]
        self._varying = [
            (place, each) for place, each, _ in kept if each.by == "shared" and not _is_fixed(each)
        ]

    @classmethod
    def of(cls, runner: Runner, plan: Plan, bound: Mapping[str, Bound]) -> "Again | None":
        """Return it, if such a question may be remembered and leaves no places for Python to fill."""
        if (plan.read is not None and plan.read.steps) or not all(each.short for each in bound.values()):
            return None
        return cls(runner, plan, bound)

    def begin(self, context: Any) -> "Begun | None":
        """Begin to answer; None: nothing was done, and `Runner.answer` is to do it."""
        try:
            return self._begun(context)
        except Exception as error:
            self.fails(error)
            return None

    def _begun(self, context: Any) -> "Begun | None":
        runner, plan = self._runner, self.plan
        if (plan.read is not None and not runner.house.serves(context)) or not plan.allows(context):
            return None
        parts = self._template.copy()
        if not (self._put_session(parts, context) and self._put_shared(parts, context)):
            return None
        waits = None
        if plan.read is not None:
            row = tuple([value if get is None else get(context) for get, value in self._row])
            waits = runner.batches.ask(plan.read.statement, row)
        return Begun(self, context, parts, waits)

    def _put_session(self, parts: list[bytes | Fragment], context: Any) -> bool:
        if not self._session:
            return True
        kept = self._runner.house.kept(context)
        if kept is None:
            return False
        for place, key in self._session:
            found = kept.get(key)
            if found is None:
                return False
            parts[place] = found
        return True

    def _put_shared(self, parts: list[bytes | Fragment], context: Any) -> bool:
        runner = self._runner
        for place, key in self._shared:
            found = runner.fragments.peek(key)
            if found is None:
                return False
            parts[place] = found
        for place, each in self._varying:
            held = runner.held(each, self.bound, context)
            if held is None:
                return False
            parts[place] = held
        return True

    def fill(self, parts: list[bytes | Fragment], columns: Answer) -> None:
        """Put what was read into its places.

        Raises:
            Irregular: it cannot be shown so.
        """
        for place, number in self._columns:
            column = columns[number]
            if column is None or BROKEN_MARK in column:
                raise Irregular
            parts[place] = column

    def fails(self, error: BaseException) -> None:
        """Tell of what was not the asker's fault."""
        if not isinstance(error, Irregular):
            self._runner.failed(error)


class Begun:
    """An answer under way; `waits` is what it waits for, if anything.  Cancel that to leave."""

    __slots__ = ("_again", "_context", "_parts", "waits")

    def __init__(
        self,
        again: Again,
        context: Any,
        parts: list[bytes | Fragment],
        waits: asyncio.Future[Answer] | None,
    ) -> None:
        self._again = again
        self._context = context
        self._parts = parts
        self.waits = waits

    def end(self) -> tuple[Parts, list[Awaitable[None]]] | None:
        """Return the whole body, and what to await before it may go; None: let another path answer."""
        again = self._again
        noting: list[Awaitable[None]] = []
        try:
            if self.waits is not None:
                again.fill(self._parts, self.waits.result())
            for key, seen in again.plan.seen:
                storing = seen(self._context, again.bound[key].values)
                if storing is not None:
                    noting.append(storing)
        except Exception as error:
            again.fails(error)
            drop(noting)
            return None
        return self._parts, noting


def drop(noting: Iterable[Awaitable[None]]) -> None:
    """Let go of what is not to be awaited any more."""
    for each in noting:
        if isinstance(each, Coroutine):
            each.close()


def _is_fixed(each: Cached) -> bool:
    """Say whether arguments alone say under what a shared segment is kept."""
    return each.by == "shared" and each.sharing is None and not each.by_minute


def _template(plan: Plan) -> list[bytes | Fragment]:
    """Return the parts of a body, with room for each segment at an odd place."""
    parts: list[bytes | Fragment] = []
    for number, segment in enumerate(plan.segments):
        parts += (COMMA if number else HEAD, segment.text if isinstance(segment, Constant) else b"")
    return [*parts, TAIL] if parts else [HEAD, TAIL]
