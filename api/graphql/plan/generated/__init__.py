"""The generated executor, for operations with Python resolvers.

    document ─► select: chosen fields ─► tree: a function for each object type ─┐   once
    ────────────────────────────────────────────────────────────────────────────┤
    variables ─► inputs ─► branch: one for each root field, level by level ─────┘   each time
                             │ unusual value        │ failures
                             ▼                      ▼
                           exact                  settle ─► (data, errors)

Its answers are those of Strawberry on graphql-core; docs/adr/076 says where order and time may differ.
Errors come out raw: Strawberry's schema extensions do not run, so the caller masks what clients may not see.
"""

from collections.abc import Mapping
from typing import Any, Self

from graphql import (
    DocumentNode,
    ExecutionResult,
    FragmentDefinitionNode,
    OperationDefinitionNode,
    OperationType,
    execute,
)
from graphql.execution import VariableValues
from strawberry import Schema
from strawberry.execution import optimized_is_awaitable as is_awaitable
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from api.graphql.plan.generated.branch import Branch
from api.graphql.plan.generated.info import HELPERS, Request
from api.graphql.plan.generated.inputs import Variables
from api.graphql.plan.generated.levels import Level
from api.graphql.plan.generated.roots import Answer, answer_of, in_series, side_by_side
from api.graphql.plan.generated.tree import Builder, Node
from api.graphql.plan.select import NotCovered, choose, flags_of

Flags = tuple[bool, ...]


class Generated:
    """One operation, ready to run."""

    def __init__(self, schema: Schema, document: DocumentNode, operation: OperationDefinitionNode) -> None:
        self.schema = schema
        self.core = schema._schema
        self.operation = operation
        self.fragments = {
            each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)
        }
        self.document = DocumentNode(definitions=(operation, *self.fragments.values()))
        self.variables = Variables(self.core, operation)
        self.flags = flags_of(self.document, operation)
        self.trees: dict[Flags, Node | None] = {}

    @classmethod
    def compile(cls, schema: Schema, document: DocumentNode, operation: OperationDefinitionNode) -> Self:
        """Return the executor of a valid `operation`, whose fragments stand in `document`.

        Raises:
            NotCovered: it or the schema uses what this path does not do.
        """
        _check(schema, operation)
        made = cls(schema, document, operation)
        none_given = tuple(bool((made.variables.defaults or {}).get(name)) for name in made.flags)
        made.trees[none_given] = made._build(none_given)
        return made

    async def run(self, variables: Mapping[str, Any], context: object) -> Answer:
        """Answer the operation with `variables` as the client sent them: (data, errors).

        Data is None when the variables do not fit, or when a null rose above the root fields.
        """
        values = self.variables.read(variables)
        if isinstance(values, list):
            return None, values
        tree = self._tree(values)
        if tree is None:
            return await self._by_core(variables, context)
        request = Request(self.schema, values, context, self._tail(values, context))
        root = Level(tree, up=None, key="", depth=0, unit=0)
        root.add(None, dict.fromkeys(tree.by_key), 0, ())
        branches = [Branch(request, root, field) for field in tree.fields]
        if self.operation.operation is OperationType.MUTATION:
            await in_series(branches)
        else:
            await side_by_side(branches)
        return answer_of(branches, root)

    def _tree(self, values: VariableValues) -> Node | None:
        """Return the tree of this setting of the flags; None: graphql-core must answer."""
        flags = tuple(
            values.coerced[name] is True for name in self.flags if values.coerced.get(name) is not None
        )
        if len(flags) < len(self.flags):  # no yes or no: an error of the place that asks for it
            return None
        if flags not in self.trees:
            try:
                self.trees[flags] = self._build(flags)
            except NotCovered:
                self.trees[flags] = None
        return self.trees[flags]

    def _build(self, flags: Flags) -> Node:
        chosen = choose(self.core, self.document, self.operation, dict(zip(self.flags, flags, strict=True)))
        kind = self.core.get_root_type(self.operation.operation)
        assert kind is not None, "a valid operation has a root"
        return Builder(self.schema).node(kind, chosen)

    def _tail(self, values: VariableValues, context: object) -> tuple[Any, ...]:
        return (
            self.core, self.fragments, None, self.operation, values.coerced, context,
            is_awaitable, None, HELPERS,
        )  # fmt: skip

    async def _by_core(self, variables: Mapping[str, Any], context: object) -> Answer:
        found = execute(
            self.core,
            self.document,
            context_value=context,
            variable_values=dict(variables),
            is_awaitable=is_awaitable,  # type: ignore[arg-type]
            executor_class=self.schema.execution_context_class,
        )
        result = found if isinstance(found, ExecutionResult) else await found
        return result.data, result.errors or []


def _check(schema: Schema, operation: OperationDefinitionNode) -> None:
    """Raise NotCovered for what changes the execution of whole operations."""
    if operation.operation is OperationType.SUBSCRIPTION:
        raise NotCovered("subscription")
    if operation.directives:
        raise NotCovered("directives of the operation")
    if schema.execution_context_class is not StrawberryGraphQLCoreExecutionContext:
        raise NotCovered("an executor of the schema's own")
    if schema.exception_handlers or any(each._implements_resolve() for each in schema.get_extensions()):
        raise NotCovered("an extension of the schema around each resolver")
