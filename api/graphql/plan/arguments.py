"""Arguments of root fields: what the document says once, and what each request brings.

Whatever is wrong with a request's variables is `Refused` here without a word: the path that then
answers says what.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    ArgumentNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    VariableNode,
    VariableValues,
)
from graphql.execution.values import coerce_argument
from graphql.language import Visitor, visit

from api.graphql.plan.generated.inputs import Arguments, Variables
from api.graphql.plan.roots import Root
from api.graphql.plan.select import Chosen

REMEMBERED = 1_000  # settings of variables per operation
LONGEST = 200  # characters of the texts in a setting; a stranger's longer ones would fill the memory

Values = Mapping[str, Any]  # argument name -> value as the resolver or SQL takes it


@dataclass(frozen=True)
class Bound:
    """The arguments of one root field: by name, and as a key for what is remembered of them.

    They are `short` when something may be remembered under that key.
    """

    values: Values
    key: tuple[Any, ...]
    short: bool


class Refused(Exception):
    """The plan cannot take these arguments."""


@dataclass(frozen=True)
class Given:
    """The arguments of one root field: values the document holds, names of those that variables bring."""

    chosen: Chosen
    constants: Values
    variables: frozenset[str]
    reader: Arguments

    @classmethod
    def of(cls, chosen: Chosen, root: Root | None) -> "Given":
        """Read the document's own arguments.

        Raises: Refused, when the root would refuse them at every request.
        """
        nodes = {node.name.value: node for node in chosen.nodes[0].arguments or ()}
        varying = frozenset(name for name, node in nodes.items() if _has_variable(node))
        constants = _literals(chosen, set(chosen.field.args) - varying)
        return cls(chosen, _converted(constants, root), varying, Arguments(chosen.field, chosen.nodes[0]))

    def values(self, variables: VariableValues, root: Root | None) -> Values:
        """Return all arguments of one request; raises Refused."""
        if not self.variables:
            return self.constants
        try:
            found = self.reader.read(variables)
        except GraphQLError as error:
            raise Refused from error
        return {**self.constants, **_converted({name: found.get(name) for name in self.variables}, root)}


def _literals(chosen: Chosen, names: set[str]) -> Values:
    node = chosen.nodes[0]
    nodes = {each.name.value: each for each in node.arguments or ()}
    found: dict[str, Any] = {}
    try:
        for name in names:
            coerce_argument(found, node, name, chosen.field.args[name], nodes.get(name), None, None, True)
    except GraphQLError as error:
        raise Refused from error
    return {name: found.get(name) for name in names}


def _converted(values: Values, root: Root | None) -> Values:
    if root is None:
        return values
    return {name: _convert(name, value, root) for name, value in values.items()}


def _convert(name: str, value: Any, root: Root) -> Any:
    if root.size is not None and name == root.size.name:
        if not isinstance(value, int) or not 1 <= value <= root.size.most:
            raise Refused
        return value
    argument = root.arguments.get(name)
    if argument is None or argument.convert is None or value is None:
        return value
    try:
        return argument.convert(value)
    except Exception as error:  # its own words are said by the path that answers instead
        raise Refused from error


class _Found(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.found = False

    def enter_variable(self, _node: VariableNode, *_: object) -> None:
        self.found = True


def _has_variable(node: ArgumentNode) -> bool:
    looking = _Found()
    visit(node, looking)
    return looking.found


def vary(chosen: Iterable[Chosen]) -> bool:
    """Say whether variables are arguments of these fields, or of fields inside them."""
    nodes = [node for each in chosen for node in each.nodes]
    if any(_has_variable(argument) for node in nodes for argument in node.arguments or ()):
        return True
    return any(vary(each.inner or ()) for each in chosen)


class Binder:
    """Turns a request's variables into the arguments of every root field, and remembers doing so."""

    def __init__(
        self,
        schema: GraphQLSchema,
        operation: OperationDefinitionNode,
        fields: Mapping[str, tuple[Given, Root | None]],
    ) -> None:
        self.variables = Variables(schema, operation)
        self.names = [each.variable.name.value for each in self.variables.nodes]
        self.fields = fields
        self.known: OrderedDict[Any, Mapping[str, Bound]] = OrderedDict()

    def bind(self, variables: Mapping[str, Any]) -> Mapping[str, Bound]:
        """Return the arguments by the root fields' keys.

        Raises:
            Refused
        """
        given = {name: variables[name] for name in self.names if name in variables}
        key = _key(given)
        try:
            found = self.known.get(key)
        except TypeError:  # a list or an object cannot be a key
            return self._bind(variables)
        if found is None:
            found = self._bind(variables)
            if _are_short(given.values()):
                self._remember(key, found)
        return found

    def recall(self, variables: Mapping[str, Any]) -> Mapping[str, Bound] | None:
        """Return what `bind` remembers of these variables and no others: somebody has sent them before."""
        try:
            return self.known.get(_key(variables))
        except TypeError:
            return None

    def _remember(self, key: Any, found: Mapping[str, Bound]) -> None:
        self.known[key] = found
        if len(self.known) > REMEMBERED:
            self.known.popitem(last=False)

    def _bind(self, variables: Mapping[str, Any]) -> Mapping[str, Bound]:
        values = self.variables.read(variables)
        if isinstance(values, list):
            raise Refused
        found = {key: given.values(values, root) for key, (given, root) in self.fields.items()}
        return {
            key: Bound(each, tuple(each.items()), _are_short(each.values())) for key, each in found.items()
        }


def _key(variables: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple([(name, type(value), value) for name, value in variables.items()])


def _are_short(values: Iterable[Any]) -> bool:
    """Say whether values are few and small enough to be a key."""
    texts = 0
    for value in values:
        if isinstance(value, list | dict):
            return False
        texts += len(value) if isinstance(value, str) else 0
    return texts <= LONGEST
