"""What the client gives: variables and arguments, by graphql-core's own coercion.

What it would work out anew in each request (signatures, defaults, literals) is worked out once here,
where that is the same: values that cannot be changed.  All else, and all that is wrong with a value,
is left to graphql-core, so that the errors are its errors.
"""

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from graphql import (
    FieldNode,
    GraphQLArgument,
    GraphQLError,
    GraphQLField,
    GraphQLSchema,
    OperationDefinitionNode,
    Undefined,
    ValueNode,
    VariableNode,
    coerce_input_value,
    get_argument_values,
    get_variable_values,
    is_leaf_type,
    is_non_null_type,
    is_required_argument,
)
from graphql.execution import VariableValues
from graphql.execution.get_variable_signature import get_variable_signature
from graphql.execution.values import VariableValueSource
from graphql.language import Visitor, visit

MOST_ERRORS = 50  # graphql-core's own default
UNCHANGING = frozenset({type(None), bool, int, float, str, UUID, Decimal, datetime, date, time})
NOTHING_GIVEN = VariableValues({}, {})


def unchanging(value: object) -> bool:
    """Say whether nobody who gets `value` can change it for others."""
    return type(value) in UNCHANGING or isinstance(value, Enum)


class Variables:
    """Reads the variables of an operation."""

    def __init__(self, schema: GraphQLSchema, operation: OperationDefinitionNode) -> None:
        self.schema = schema
        self.nodes = operation.variable_definitions or ()
        self.known = [get_variable_signature(schema, node) for node in self.nodes]
        self.defaults = self._defaults()

    def _defaults(self) -> dict[str, Any] | None:
        """Return what stands for variables left out; None: not all variables are plain values."""
        found: dict[str, Any] = {}
        for node, known in zip(self.nodes, self.known, strict=True):
            if isinstance(known, GraphQLError) or not _is_leaf(known.type):
                return None
            if known.default is not None:
                read = get_variable_values(self.schema, [node], {})
                if isinstance(read, list) or not unchanging(read.coerced.get(known.name)):
                    return None
                found.update(read.coerced)
        return found

    def read(self, given: Mapping[str, Any]) -> VariableValues | list[GraphQLError]:
        """Return the values of the variables, or what is wrong with them."""
        if self.defaults is None:
            return self._read_by_core(given)
        sources: dict[str, VariableValueSource] = {}
        coerced: dict[str, Any] = {}
        for known in self.known:
            assert not isinstance(known, GraphQLError), "else there were no defaults"
            name = known.name
            value = given.get(name, Undefined)
            sources[name] = VariableValueSource(known, value)
            if value is not Undefined:
                coerced[name] = found = coerce_input_value(value, known.type)
                if found is Undefined:
                    return self._read_by_core(given)
            elif name in self.defaults:
                coerced[name] = self.defaults[name]
            elif is_non_null_type(known.type):
                return self._read_by_core(given)
        return VariableValues(sources, coerced)

    def _read_by_core(self, given: Mapping[str, Any]) -> VariableValues | list[GraphQLError]:
        return get_variable_values(self.schema, self.nodes, dict(given), max_errors=MOST_ERRORS)


class Arguments:
    """Reads the arguments of one field of an operation."""

    def __init__(self, field: GraphQLField, node: FieldNode) -> None:
        self.field = field
        self.node = node
        self.fixed: dict[str, Any] = {}
        self.by_variable: list[tuple[str, str, bool]] = []  # argument, variable, whether null is refused
        self.is_plain = self._sort()

    def _sort(self) -> bool:
        """Sort the arguments into fixed ones and variables; False: some are neither."""
        given = {each.name.value: each.value for each in self.node.arguments or ()}
        for name, argument in self.field.args.items():
            out, value = argument.out_name or name, given.get(name)
            if isinstance(value, VariableNode):
                self.by_variable.append((out, value.name.value, is_non_null_type(argument.type)))
            if value is not None and _has_variables(value):
                if not isinstance(value, VariableNode):
                    return False
                value = None
            if not self._fix(name, out, argument, value):
                return False
        return True

    def _fix(self, name: str, out: str, argument: GraphQLArgument, value: ValueNode | None) -> bool:
        """Keep the literal or the default; False: it cannot be shared, or is wrong."""
        if value is None and is_required_argument(argument):
            return True  # a variable must give it
        only = GraphQLField(self.field.type, args={name: argument})
        nodes = tuple(each for each in self.node.arguments or () if each.value is value)
        try:
            read = get_argument_values(only, FieldNode(name=self.node.name, arguments=nodes), NOTHING_GIVEN)
        except (GraphQLError, TypeError):
            return False
        self.fixed.update(read)
        return unchanging(read.get(out))

    def read(self, variables: VariableValues) -> dict[str, Any]:
        """Return the values by name, as graphql-core hands them to a resolver.

        Raises:
            GraphQLError: one is missing or wrong.
        """
        if not self.is_plain:
            return get_argument_values(self.field, self.node, variables)
        found = self.fixed.copy()
        coerced = variables.coerced
        for out, name, is_required in self.by_variable:
            value = coerced.get(name, Undefined)
            if value is Undefined and out in found:
                continue
            if is_required and (value is None or value is Undefined):
                return get_argument_values(self.field, self.node, variables)
            if value is not Undefined:
                found[out] = value
        return found


def _is_leaf(kind: Any) -> bool:
    return is_leaf_type(kind.of_type if is_non_null_type(kind) else kind)


class _Variables(Visitor):
    found = False

    def enter_variable(self, *_: object) -> None:
        self.found = True


def _has_variables(node: ValueNode) -> bool:
    seeker = _Variables()
    visit(node, seeker)
    return seeker.found
