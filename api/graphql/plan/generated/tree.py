"""The fields of an operation, each with the functions that answer it.

Of each object the plain fields (attributes that lead to leaves, or to objects of plain fields) are made by
one generated function, `display`.  The others, `opened`, are answered for all objects of a level at once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from keyword import iskeyword
from operator import attrgetter
from typing import Any

from graphql import GraphQLObjectType, GraphQLOutputType, is_list_type, is_named_type, is_non_null_type
from strawberry import Schema
from strawberry.types.field import StrawberryField

from api.graphql.plan.generated.leaves import DEFINITION, Irregular
from api.graphql.plan.generated.resolver import Resolver
from api.graphql.plan.generated.source import Writer
from api.graphql.plan.select import TYPENAME, Chosen, NotCovered

Read = Callable[[Any], Any]


@dataclass(eq=False)
class Field:
    """One key of an object.  `resolver` is None for what is read from the object by `read`."""

    chosen: Chosen
    position: int  # among the keys of its object
    node: "Node | None"  # of the objects in it; None: a leaf
    resolver: Resolver | None
    expression: str  # in generated text, when it is plain
    read: Read
    column: Callable[[list[Any]], list[Any]]  # completes what the resolver gave for many objects

    def __post_init__(self) -> None:
        self.key = self.chosen.key
        self.kind: GraphQLOutputType = self.chosen.field.type
        self.is_closed = self.node is None or self.node.is_plain
        self.is_plain = self.resolver is None and self.is_closed
        self.is_async = self.resolver is not None and self.resolver.is_async
        self.may_wait = self.is_async or (self.node is not None and self.node.may_wait)
        self.is_required = is_non_null_type(self.kind)
        self.list_depth = _list_depth(self.kind)  # 2 for lists of lists


@dataclass(eq=False)
class Node:
    """What is asked of the objects of one place; `display` makes the answer of one, opened fields null."""

    kind: GraphQLObjectType
    fields: tuple[Field, ...]
    display: Callable[[Any], dict[str, Any]]
    name: str  # of `display` in generated text

    def __post_init__(self) -> None:
        self.by_key = {field.key: field for field in self.fields}
        self.opened = tuple(field for field in self.fields if not field.is_plain)
        self.is_plain: bool = not self.opened
        self.may_wait: bool = any(field.may_wait for field in self.fields)


class Builder:
    """Builds the tree of one setting of an operation's flags."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.writer = Writer()

    def node(self, kind: GraphQLObjectType, chosen: tuple[Chosen, ...]) -> Node:
        """Return the node of objects of `kind`.

        Raises:
            NotCovered: the type or one of its fields does more than this executor can.
        """
        if kind.is_type_of is not None:
            raise NotCovered(f"{kind} asks which type an object is")
        fields = tuple(self._field(position, each) for position, each in enumerate(chosen))
        name = self.writer.display(
            (field.key, field.expression if field.is_plain else "None") for field in fields
        )
        return Node(kind, fields, self.writer.names[name], name)

    def _field(self, position: int, chosen: Chosen) -> Field:
        inner = None if chosen.inner is None else self.node(_object_of(chosen.field.type), chosen.inner)
        name = inner.name if inner is not None and inner.is_plain else None
        kind = chosen.field.type
        resolver, first = None, repr(chosen.parent.name)
        read: Read = partial(_always, chosen.parent.name)
        if chosen.name != TYPENAME:
            python = _python(chosen)
            if python.is_basic_field:
                read, first = self._read(python)
            else:
                resolver = Resolver(self.schema, chosen, python)
        is_closed = inner is None or inner.is_plain
        expression, column = "None", _by_the_exact_way
        if is_closed and resolver is not None:
            column = self.writer.names[self.writer.column(kind, name)]
        elif is_closed:
            expression = self.writer.expression(kind, f"(v := {first})", "v", name)
        return Field(chosen, position, inner, resolver, expression, read, column)

    def _read(self, python: StrawberryField) -> tuple[Read, str]:
        """Return how a field without a resolver is read, also in generated text."""
        if type(python).get_result is not StrawberryField.get_result:
            raise NotCovered(f"{python.python_name} gets its result in its own way")
        name = python.python_name
        if python.default_resolver is getattr:
            is_word = name.isidentifier() and not iskeyword(name)
            return attrgetter(name), f"o.{name}" if is_word else f"getattr(o, {name!r})"
        read = f"read{len(self.writer.names)}"
        self.writer.names[read] = found = partial(_read_by, python.default_resolver, name)
        return found, f"{read}(o)"


def _python(chosen: Chosen) -> StrawberryField:
    found = chosen.field.extensions.get(DEFINITION)
    if not isinstance(found, StrawberryField):
        raise NotCovered(f"{chosen.parent}.{chosen.name} is not Strawberry's")
    return found


def _list_depth(kind: Any) -> int:
    depth = 0
    while not is_named_type(kind):
        depth += is_list_type(kind)
        kind = kind.of_type
    return depth


def _object_of(kind: Any) -> GraphQLObjectType:
    while not isinstance(kind, GraphQLObjectType):
        kind = kind.of_type
    return kind


def _always(value: Any, _: Any) -> Any:
    return value


def _read_by(resolver: Callable[[Any, str], Any], name: str, source: Any) -> Any:
    return resolver(source, name)


def _by_the_exact_way(_: list[Any]) -> list[Any]:
    raise Irregular
