"""From a document to the tree of fields that will be answered.

Fragments are spread, twins merged, directives folded.  One tree holds for one setting of the variables
that `@skip` and `@include` read; `flags_of` names them.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from graphql import (
    BooleanValueNode,
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    TypeNameMetaFieldDef,
    VariableNode,
    get_named_type,
    is_leaf_type,
)
from graphql.language import Visitor, visit

TYPENAME = "__typename"
MOST_FLAGS = 4  # variables in directives: each doubles the number of trees


class NotCovered(Exception):
    """The operation uses what this path cannot do; another one answers it.  The message says what."""


@dataclass(frozen=True)
class Chosen:
    """One key of an answer's object."""

    key: str  # under which the value stands in the answer
    name: str  # of the field
    parent: GraphQLObjectType
    field: GraphQLField
    nodes: tuple[FieldNode, ...]  # more than one when the document asks for it in several places
    inner: tuple["Chosen", ...] | None  # what is asked of the object(s); None: a leaf


Flags = Mapping[str, bool]


def choose(
    schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode, flags: Flags
) -> tuple[Chosen, ...]:
    """Return what a valid `operation` asks of its root, in the order of its answer.

    Raises:
        NotCovered: it asks for introspection, or for a type with several shapes.
    """
    root = schema.get_root_type(operation.operation)
    assert root is not None, "a valid operation has a root"
    return _Selection(schema, document, flags).of(root, [operation.selection_set])


def flags_of(document: DocumentNode, operation: OperationDefinitionNode) -> tuple[str, ...]:
    """Return the names of the variables that decide, in `operation` or its fragments, what is included.

    Raises:
        NotCovered: there are more than four.
    """
    found = _Conditions()
    visit(document, found)
    declared = {each.variable.name.value for each in operation.variable_definitions or ()}
    names = tuple(sorted(found.names & declared))
    if len(names) > MOST_FLAGS:
        raise NotCovered(f"{len(names)} variables in directives")
    return names


class _Conditions(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_directive(self, node: DirectiveNode, *_: object) -> None:
        self.names.update(
            argument.value.name.value
            for argument in node.arguments or ()
            if isinstance(argument.value, VariableNode)
        )


class _Selection:
    def __init__(self, schema: GraphQLSchema, document: DocumentNode, flags: Flags) -> None:
        self.schema = schema
        self.flags = flags
        self.fragments = {
            each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)
        }

    def of(self, parent: GraphQLObjectType, sets: Iterable[SelectionSetNode]) -> tuple[Chosen, ...]:
        grouped: dict[str, list[FieldNode]] = {}
        seen: set[str] = set()
        for selections in sets:
            for node in self._fields(parent, selections, seen):
                grouped.setdefault((node.alias or node.name).value, []).append(node)
        return tuple(self._chosen(parent, key, nodes) for key, nodes in grouped.items())

    def _fields(
        self, parent: GraphQLObjectType, selections: SelectionSetNode, seen: set[str]
    ) -> Iterator[FieldNode]:
        for node in selections.selections:
            if not self._included(node):
                continue
            if isinstance(node, FieldNode):
                yield node
            elif isinstance(node, InlineFragmentNode):
                if self._applies(node.type_condition.name.value if node.type_condition else None, parent):
                    yield from self._fields(parent, node.selection_set, seen)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in seen:
                seen.add(node.name.value)
                fragment = self.fragments[node.name.value]
                if self._applies(fragment.type_condition.name.value, parent):
                    yield from self._fields(parent, fragment.selection_set, seen)

    def _applies(self, condition: str | None, parent: GraphQLObjectType) -> bool:
        if condition is None or condition == parent.name:
            return True
        kind = self.schema.get_type(condition)
        return bool(kind and hasattr(kind, "types")) and self.schema.is_sub_type(kind, parent)  # type: ignore[arg-type]

    def _included(self, node: SelectionNode) -> bool:
        for directive in node.directives or ():
            value = self._condition(directive)
            if (directive.name.value == "skip" and value) or (
                directive.name.value == "include" and not value
            ):
                return False
        return True

    def _condition(self, directive: DirectiveNode) -> bool:
        if directive.name.value not in ("skip", "include"):
            raise NotCovered(f"@{directive.name.value}")
        value = next(each.value for each in directive.arguments or () if each.name.value == "if")
        if isinstance(value, VariableNode):
            return self.flags[value.name.value]
        return isinstance(value, BooleanValueNode) and value.value

    def _chosen(self, parent: GraphQLObjectType, key: str, nodes: list[FieldNode]) -> Chosen:
        name = nodes[0].name.value
        if name == TYPENAME:
            return Chosen(key, name, parent, TypeNameMetaFieldDef, tuple(nodes), None)
        if name.startswith("__"):
            raise NotCovered("introspection")
        field = parent.fields[name]
        kind = get_named_type(field.type)
        if is_leaf_type(kind):
            return Chosen(key, name, parent, field, tuple(nodes), None)
        if not isinstance(kind, GraphQLObjectType):
            raise NotCovered(f"{kind} has several shapes")
        inner = self.of(kind, [node.selection_set for node in nodes if node.selection_set])
        return Chosen(key, name, parent, field, tuple(nodes), inner)
