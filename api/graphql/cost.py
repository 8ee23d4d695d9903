"""How many objects an answer may hold: compiled once per operation, reckoned per request.

An object costs one point and ten of its plain values cost another; what a list holds is multiplied
by `first`, `last` or `limit`, by the default of the operation's variable or of the field where the
client names none, and by ten where the field has no such argument.  `edges` and `pageInfo` are
wrapping and cost nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLArgument,
    GraphQLError,
    GraphQLField,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
)

from api.graphql.errors import TooCostly, refusal

POINTS = 1_000  # per operation
OBJECT = 10  # tenths of a point
VALUE = 1
UNSIZED = 10  # objects assumed in a list without a size argument
SIZES = ("first", "last", "limit")
WRAPPING = ("edges", "pageInfo")


@dataclass(frozen=True)
class Cost:
    """Tenths of a point: a part known from the text, and parts that a variable multiplies."""

    own: int = 0
    times: tuple[tuple[str, int, "Cost"], ...] = ()  # (variable, when it is left out, what is repeated)

    def of(self, variables: Mapping[str, Any]) -> int:
        """Return the cost with these variables."""
        if not self.times:
            return self.own
        return self.own + sum(
            _count(variables.get(name), missing) * cost.of(variables) for name, missing, cost in self.times
        )


def check(cost: Cost, variables: Mapping[str, Any]) -> GraphQLError | None:
    """Return the refusal of an operation that costs more than 1,000 points."""
    points = -(-cost.of(variables) // OBJECT)
    return refusal(TooCostly(cost=points, allowed=POINTS)) if points > POINTS else None


def compile_cost(
    schema: GraphQLSchema, operation: OperationDefinitionNode, fragments: Mapping[str, FragmentDefinitionNode]
) -> Cost:
    """Return the cost of a valid `operation`, within the limits of `api.graphql.limits`."""
    root = schema.get_root_type(operation.operation)
    defaults = {
        each.variable.name.value: int(each.default_value.value)
        for each in operation.variable_definitions or ()
        if isinstance(each.default_value, IntValueNode)
    }
    return _Compiler(schema, fragments, defaults).selection(operation.selection_set, root)


def _count(given: Any, missing: int) -> int:
    """Return a size as a number; what is not one is refused later, by the variables' own check."""
    return max(given, 1) if isinstance(given, int) else missing


class _Compiler:
    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: Mapping[str, FragmentDefinitionNode],
        defaults: Mapping[str, int],
    ) -> None:
        self.schema = schema
        self.fragments = fragments
        self.defaults = defaults  # of the operation's variables

    def selection(self, selections: SelectionSetNode, parent: GraphQLNamedType | None) -> Cost:
        return _sum(self._node(node, parent) for node in selections.selections)

    def _node(self, node: Any, parent: GraphQLNamedType | None) -> Cost:
        if isinstance(node, FieldNode):
            return self._field(node, parent)
        if isinstance(node, FragmentSpreadNode):
            node = self.fragments[node.name.value]
        condition = node.type_condition
        return self.selection(
            node.selection_set, self.schema.get_type(condition.name.value) if condition else parent
        )

    def _field(self, node: FieldNode, parent: GraphQLNamedType | None) -> Cost:
        field = parent.fields.get(node.name.value) if isinstance(parent, GraphQLObjectType) else None
        if not node.selection_set or field is None:  # a value, or introspection
            return Cost(own=VALUE)
        inner = self.selection(node.selection_set, get_named_type(field.type))
        if node.name.value in WRAPPING:
            return inner
        size = _size(node, field, self.defaults)
        if size is None:
            return _plus(inner, OBJECT)
        each = inner if "edges" in _names(field) else _plus(inner, OBJECT)
        return _plus(_times(each, *size), OBJECT)


def _names(field: GraphQLField) -> Iterable[str]:
    kind = get_named_type(field.type)
    return kind.fields if isinstance(kind, GraphQLObjectType) else ()


def _size(node: FieldNode, field: GraphQLField, defaults: Mapping[str, int]) -> tuple[str | None, int] | None:
    """Return (variable, number): how many objects `node` may answer; None when it is one."""
    for name in SIZES:
        argument = field.args.get(name)
        if argument is not None:
            return _asked(node, name, argument, defaults)
    return (None, UNSIZED) if _is_list(field.type) else None


def _asked(
    node: FieldNode, name: str, argument: GraphQLArgument, defaults: Mapping[str, int]
) -> tuple[str | None, int]:
    missing = _count(_default(argument), UNSIZED)
    value = next((given.value for given in node.arguments or () if given.name.value == name), None)
    if isinstance(value, IntValueNode):
        return None, max(int(value.value), 1)
    if isinstance(value, VariableNode):
        return value.name.value, max(defaults.get(value.name.value, missing), 1)
    return None, missing


def _default(argument: GraphQLArgument) -> Any:
    """Return the default as a number; graphql-core keeps it in either of two ways."""
    return argument.default.value if argument.default is not None else argument.default_value


def _is_list(kind: GraphQLOutputType) -> bool:
    if isinstance(kind, GraphQLNonNull):
        kind = kind.of_type
    return isinstance(kind, GraphQLList)


def _times(cost: Cost, variable: str | None, number: int) -> Cost:
    if variable is not None:
        return Cost(times=((variable, number, cost),))
    return Cost(
        own=cost.own * number,
        times=tuple((name, missing, _times(inner, None, number)) for name, missing, inner in cost.times),
    )


def _plus(cost: Cost, own: int) -> Cost:
    return Cost(own=cost.own + own, times=cost.times)


def _sum(costs: Iterable[Cost]) -> Cost:
    every = list(costs)
    return Cost(
        own=sum(cost.own for cost in every), times=tuple(part for cost in every for part in cost.times)
    )
