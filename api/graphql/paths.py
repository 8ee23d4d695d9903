"""Which of three ways an operation goes: a plan, the generated executor, or the ordinary one.

    plan       SQL and kept bytes (api.graphql.plan); answers None to whatever is not as it should be
    generated  the same resolvers, level by level
    ordinary   Strawberry and graphql-core: the reference, and what nothing else covers

Trusted documents are made ready when the process starts, others when they are seen a second time:
somebody's only question is not worth a compilation.  Nor may strangers keep a process compiling.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any, Literal, get_args

import structlog
from graphql import BooleanValueNode, GraphQLError, OperationDefinitionNode
from strawberry.types.field import StrawberryField

from api import metrics
from api.context import Context
from api.graphql.access import Needs
from api.graphql.operations import Operation
from api.graphql.plan.arguments import Bound
from api.graphql.plan.compile import compile_plan
from api.graphql.plan.generated import Generated
from api.graphql.plan.house import House
from api.graphql.plan.running import Runner
from api.graphql.plan.runtime.compression import Parts
from api.graphql.plan.segments import Plan
from api.graphql.plan.select import NotCovered, flags_of
from api.graphql.schema import Schema
from identity.actor import ANONYMOUS
from storage.clock import local_date

log = structlog.get_logger()

by_generated, by_core = (metrics.paths.labels(each) for each in ("generated", "ordinary"))

Path = Literal["plan", "generated", "ordinary"]
ALL: tuple[Path, ...] = get_args(Path)

REMEMBERED = 512  # operations that are not trusted
HEAVIEST = 2_000_000  # of them together; a unit of `_weight` is some fifty bytes of memory
COMPILING = 0.1  # of a process's time at most goes into making strangers' operations ready
STRANGERS_FLAGS = 2  # variables in directives of a stranger's fast ways: each doubles the work to make them

Flagged = Mapping[tuple[bool, ...], Plan]
Key = tuple[str, str | None]  # the text of a document and the name of its operation


def _serves(context: Context) -> bool:
    """Private rows are planned for citizens who ask themselves; others go the ways that ask `visible_to`."""
    return context.actor.is_only_citizen


def _lock(fields: Sequence[StrawberryField]) -> Callable[[Context], bool]:
    """Return the coarse lock of some root fields; an extension that is no scope keeps it shut."""
    extensions = [each for one in fields for each in one.extensions]
    scopes = frozenset(each.scope for each in extensions if isinstance(each, Needs))
    if not all(isinstance(each, Needs) for each in extensions):
        return lambda _context: False
    return lambda context: scopes <= context.actor.scopes


def _nobody(context: Context) -> Context:
    return replace(
        context, actor=ANONYMOUS, token=None, address="", device="", kept=None, loaders={}, operation=None
    )


HOUSE = House(
    viewer={
        "person_id": ("uuid", lambda context: context.actor.person_id),
        "acting_for": ("uuid", lambda context: context.actor.acting_for),
        "region": ("text", lambda context: context.actor.region),
        "today": ("date", lambda context: local_date(context.now)),
    },
    serves=_serves,
    lock=_lock,
    nobody=_nobody,
    kept=lambda context: context.kept,
    minute=lambda context: int(context.now.timestamp()) // 60,
)


@dataclass(frozen=True)
class Ways:
    """How one operation may be answered, and why not otherwise."""

    flags: tuple[tuple[str, bool | None], ...] = ()  # variables in directives, with their defaults
    plans: Flagged = field(default_factory=dict)
    generated: Generated | None = None
    reasons: tuple[str, ...] = ()  # why a faster way is closed

    @property
    def best(self) -> Path:
        """The fastest way open to it."""
        if self.plans:
            return "plan"
        return "generated" if self.generated else "ordinary"

    def plan_for(self, variables: Mapping[str, Any]) -> Plan | None:
        """Return the plan for what these variables include."""
        if not self.flags:
            return self.plans.get(())
        values = tuple(variables.get(name, default) for name, default in self.flags)
        return self.plans.get(values) if all(isinstance(value, bool) for value in values) else None


class Paths:
    """The ways of one process.

    `eager` makes every operation ready at first sight; `trusted` are ways made before, by the hash.
    """

    def __init__(
        self,
        schema: Schema,
        *,
        open_: tuple[Path, ...] = ALL,
        runner: Runner | None = None,
        fragments: bool = True,
        eager: bool = False,
        trusted: Mapping[str, Ways] | None = None,
    ) -> None:
        self.schema = schema
        self.open = open_
        self.runner = runner
        self.fragments = fragments
        self.eager = eager
        self._trusted = dict(trusted or {})
        self._seen: OrderedDict[Key, Ways | None] = OrderedDict()
        self._weight = 0  # of `_seen`
        self._not_before = 0.0  # of the monotonic clock: until then no stranger's operation is made ready

    def trust(self, operation: Operation) -> Ways:
        """Make a trusted operation ready, for as long as the process lives."""
        assert operation.sha256 is not None, "only trusted documents have a name"
        ways = self._trusted[operation.sha256] = self.ways(operation)
        return ways

    def known(self, operation: Operation) -> Ways:
        """Return the ways of an operation about to run; a stranger's is ordinary until it is made ready."""
        if operation.sha256 is not None:
            return self._trusted.get(operation.sha256) or self.trust(operation)
        key = (operation.text, operation.name)
        ways = self._seen.get(key)
        if ways is not None:
            self._seen.move_to_end(key)
            return ways
        if self.eager:
            ways = self.ways(operation)
        elif key in self._seen and time.monotonic() >= self._not_before:
            ways = self._made_ready(operation)
        self._remember(key, ways)
        return ways or Ways()

    def _made_ready(self, operation: Operation) -> Ways:
        """Compile a stranger's operation, and no other for some time: meanwhile nobody is answered."""
        began = time.monotonic()
        ways = self.ways(operation)
        ended = time.monotonic()
        self._not_before = ended + (ended - began) * (1 / COMPILING - 1)
        return ways

    def _remember(self, key: Key, ways: Ways | None) -> None:
        self._forget(key)
        self._seen[key] = ways
        self._weight += _weight(key, ways)
        while len(self._seen) > REMEMBERED or self._weight > HEAVIEST:
            self._forget(next(iter(self._seen)))

    def _forget(self, key: Key) -> None:
        if key in self._seen:
            self._weight -= _weight(key, self._seen.pop(key))

    def ways(self, operation: Operation) -> Ways:
        """Compile an operation for every way that is open and covers it."""
        node = operation_node(operation)
        reasons: list[str] = []
        try:
            flags = tuple((name, _default(node, name)) for name in flags_of(operation.document, node))
        except NotCovered as why:
            return Ways(reasons=(f"plan, generated: {why}",))
        if operation.sha256 is None and len(flags) > STRANGERS_FLAGS and not self.eager:
            told = f"{len(flags)} variables in directives of a document that is not trusted"
            return Ways(flags, reasons=(f"plan, generated: {told}",))
        plans = self._plans(operation, node, [name for name, _ in flags], reasons)
        generated = None
        if "generated" in self.open:
            try:
                generated = Generated.compile(self.schema, operation.document, node)
            except NotCovered as why:
                reasons.append(f"generated: {why}")
        return Ways(flags, plans, generated, tuple(reasons))

    def _plans(
        self, operation: Operation, node: OperationDefinitionNode, names: list[str], reasons: list[str]
    ) -> Flagged:
        plans: dict[tuple[bool, ...], Plan] = {}
        if "plan" not in self.open:
            return plans
        for values in product((False, True), repeat=len(names)):
            flags = dict(zip(names, values, strict=True))
            try:
                plans[values] = compile_plan(
                    self.schema, operation.document, node, HOUSE, flags=flags, fragments=self.fragments
                )
            except NotCovered as why:
                reasons.append(f"plan{f' with {flags}' if flags else ''}: {why}")
        return plans

    async def by_plan(self, ways: Ways, variables: Mapping[str, Any], context: Context) -> Parts | None:
        """Return the whole body; None: another way must answer."""
        plan = ways.plan_for(variables)
        return None if plan is None else await self.run(plan, variables, context)

    async def run(
        self,
        plan: Plan,
        variables: Mapping[str, Any],
        context: Context,
        bound: Mapping[str, Bound] | None = None,
    ) -> Parts | None:
        """Return what a plan answers; `bound` are the variables when its binder recalls them."""
        if self.runner is None:
            return None
        parts = await self.runner.answer(plan, variables, context, bound)
        if parts is not None:
            metrics.by_plan.inc()
        return parts

    async def by_resolvers(
        self, ways: Ways, operation: Operation, variables: Mapping[str, Any], context: Context
    ) -> tuple[dict[str, Any] | None, list[GraphQLError]]:
        """Return data and errors as Strawberry gives them, by the generated executor if it can."""
        if ways.generated is not None:
            by_generated.inc()
            data, errors = await ways.generated.run(variables, context)
            self.schema.process_errors(errors)
            return data, self.schema.faces(errors)
        by_core.inc()
        result = await self.schema.execute(
            operation.text,
            variable_values=dict(variables),
            context_value=context,
            operation_name=operation.name,
        )
        return result.data, list(result.errors or ())


def _weight(key: Key, ways: Ways | None) -> int:
    """Return what an operation weighs: its length, ten times for each tree it may have, once for a plan."""
    return len(key[0]) * (1 if ways is None else 10 * 2 ** len(ways.flags) + len(ways.plans))


def failed(error: BaseException) -> None:
    """Note that a plan failed on our side; the operation went another way."""
    metrics.plan_failures.labels(type(error).__name__).inc()
    log.warning("graphql.plan_failed", error=type(error).__name__)


def operation_node(operation: Operation) -> OperationDefinitionNode:
    """Return the node of an operation in its document."""
    for node in operation.document.definitions:
        if isinstance(node, OperationDefinitionNode) and operation.name == (node.name and node.name.value):
            return node
    raise LookupError(operation.name)


def _default(node: OperationDefinitionNode, name: str) -> bool | None:
    for each in node.variable_definitions or ():
        if each.variable.name.value == name and isinstance(each.default_value, BooleanValueNode):
            return each.default_value.value
    return None
