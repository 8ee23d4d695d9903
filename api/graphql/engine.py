"""The GraphQL of one process: the schema, its documents, the ways, and what the ways run with."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, Self

from api.context import Context
from api.graphql import execute
from api.graphql.choosing import Choosing
from api.graphql.documents import PREFIX
from api.graphql.operations import Operation
from api.graphql.paths import ALL, HOUSE, Path, Paths, Ways, failed
from api.graphql.plan.again import Again, Begun
from api.graphql.plan.arguments import Bound
from api.graphql.plan.running import Runner
from api.graphql.plan.runtime.batching import Batches
from api.graphql.plan.runtime.compression import Parts
from api.graphql.plan.runtime.connections import Connections
from api.graphql.plan.runtime.fragments import Fragments
from api.graphql.plan.runtime.news import News
from api.graphql.plan.segments import Plan
from api.graphql.schema import Schema, build
from api.graphql.trusted import Trusted
from api.settings import Settings

CONNECTIONS = 4  # for plans, per process
CHANGED = "changed"  # the channel on which triggers name the catalogue table that was written to


class Engine:
    """Everything `/graphql` needs; `running` connects it for the life of the process."""

    def __init__(
        self, schema: Schema, choosing: Choosing, paths: Paths, plans: "PlanParts | None" = None
    ) -> None:
        self.schema = schema
        self.choosing = choosing
        self.paths = paths
        self.plans = plans

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Build the engine that `settings` ask for, with every trusted document ready."""
        plans = PlanParts(settings) if "plan" in settings.paths else None
        open_: tuple[Path, ...] = tuple(path for path in settings.paths if path in ALL)
        fragments = settings.uses("fragments")
        schema, trusted, ways = compiled(open_, fragments)
        runner = plans.runner if plans else None
        paths = Paths(schema, open_=open_, runner=runner, fragments=fragments, trusted=ways)
        return cls(schema, Choosing(schema, trusted, is_open=not settings.production), paths, plans)

    async def answer(
        self, document_id: str, variables: dict[str, Any], context: Context, name: str | None = None
    ) -> Parts | None:
        """Return the body for a trusted document by its plan; None: ask the ordinary way."""
        operation = self.choosing.trusted.find(PREFIX + document_id)
        if operation is None or name not in (None, operation.name):
            return None
        plan = self.paths.known(operation).plan_for(variables)
        if plan is None:
            return None
        bound = plan.binder.recall(variables)  # what it recalls was checked when it came first
        if bound is None and execute.check(operation, variables) is not None:
            return None
        context.operation = operation
        parts = await self.paths.run(plan, variables, context, bound)
        if parts is not None and bound is not None and self.paths.runner is not None:
            context.again = partial(Repeat.of, operation, self.paths.runner, plan, bound)
        return parts

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Listen for changes and hold the plans' connections while inside."""
        async with AsyncExitStack() as stack:
            if self.plans is not None:
                await stack.enter_async_context(self.plans.running())
            yield


@dataclass(frozen=True, slots=True)
class Repeat:
    """What answers a trusted document with variables that came before, for whoever asks."""

    operation: Operation
    again: Again

    @classmethod
    def of(
        cls, operation: Operation, runner: Runner, plan: Plan, bound: Mapping[str, Bound]
    ) -> "Repeat | None":
        """Return it, if there can be one."""
        again = Again.of(runner, plan, bound)
        return None if again is None else cls(operation, again)

    def begin(self, context: Context) -> Begun | None:
        """Begin to answer without a task; None: nothing was done, ask `Engine.answer`."""
        begun = self.again.begin(context)
        if begun is not None:
            context.operation = self.operation
        return begun


@cache
def compiled(open_: tuple[Path, ...], fragments: bool) -> tuple[Schema, Trusted, dict[str, Ways]]:
    """Make everything that depends on the program alone; a second engine in a process shares it."""
    schema = build()
    trusted = Trusted.load(schema.core)
    paths = Paths(schema, open_=open_, fragments=fragments)
    ways = {each.sha256: paths.ways(each) for each in trusted.operations.values() if each.sha256}
    return schema, trusted, ways


class PlanParts:
    """What plans run with: connections, batches, fragments and the news that drops them."""

    def __init__(self, settings: Settings) -> None:
        uses = settings.uses
        self.connections = Connections(
            settings.plan_url, size=CONNECTIONS, generic=uses("generic"), held=uses("held")
        )
        self.fragments = Fragments()
        self.news = News(
            settings.plan_url, CHANGED, self.fragments.changed, self.fragments.doubt, self.fragments.trust
        )
        self.runner = Runner(
            HOUSE, Batches(self.connections, batching=uses("batching")), self.fragments, failed
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Connect lazily, so that a process starts while its database does not answer yet."""
        await self.news.open()
        try:
            yield
        finally:
            await self.news.close()
            await self.connections.close()
