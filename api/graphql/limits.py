"""How large an operation may be, measured before it is validated or run.

Fragments are measured once each, so that measuring costs no more than reading the text: an operation
whose fragments double at each step is refused, not expanded.  Only what is small enough is expanded,
to see how often it repeats itself: validation compares each field with each of its repetitions.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import reduce

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
)

from api.graphql.errors import TooLarge, refusal

CHARACTERS = 20_000  # per document; long texts belong into variables
TOKENS = 1_000  # per document, counted by the parser
BODY_BYTES = 100_000  # per request
OPERATIONS = 20  # per document

DEPTH = 10  # fields inside fields
ALIASES = 15  # fields given another name
DIRECTIVES = 50
SELECTIONS = 1_000  # fields and fragments after expansion
REPETITIONS = 30  # fields of the document that become one field of the answer


@dataclass(frozen=True)
class Size:
    """What a selection holds once its fragments are expanded."""

    depth: int = 0
    aliases: int = 0
    directives: int = 0
    selections: int = 0

    def __add__(self, other: "Size") -> "Size":
        return Size(
            depth=max(self.depth, other.depth),
            aliases=self.aliases + other.aliases,
            directives=self.directives + other.directives,
            selections=self.selections + other.selections,
        )


LARGEST = Size(depth=DEPTH, aliases=ALIASES, directives=DIRECTIVES, selections=SELECTIONS)


def check(document: DocumentNode) -> list[GraphQLError]:
    """Return one refusal per limit that an operation of `document` passes."""
    measure = _Measure(document)
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    if len(operations) > OPERATIONS:
        return [too_large("operations", len(operations), OPERATIONS)]
    try:
        sizes = [measure.of(operation.selection_set) for operation in operations]
    except RecursionError:  # a chain of fragments longer than Python's stack
        return [too_large("depth", "in the hundreds", DEPTH)]
    return [
        too_large(limit, found, allowed) for size in sizes for limit, found, allowed in _excess(size)
    ] or [
        too_large("repetitions", found, REPETITIONS)
        for operation in operations
        if (found := _repetitions(operation, measure.fragments)) > REPETITIONS
    ]


def too_large(limit: str, found: int | str, allowed: int) -> GraphQLError:
    """Return the refusal of an operation that passes `limit`."""
    return refusal(TooLarge(limit=limit, found=found, allowed=allowed))


def _excess(size: Size) -> list[tuple[str, int, int]]:
    limits = {name: (getattr(size, name), getattr(LARGEST, name)) for name in LARGEST.__dataclass_fields__}
    return [(name, found, allowed) for name, (found, allowed) in limits.items() if found > allowed]


class _Measure:
    def __init__(self, document: DocumentNode) -> None:
        self.fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self.known: dict[str, Size] = {}

    def of(self, selections: SelectionSetNode) -> Size:
        return reduce(Size.__add__, (self._selection(node) for node in selections.selections), Size())

    def _selection(self, node: SelectionNode) -> Size:
        own = Size(selections=1, directives=len(node.directives or ()))
        if isinstance(node, FieldNode):
            return own + self._field(node)
        if isinstance(node, FragmentSpreadNode):
            return own + self._fragment(node.name.value)
        inner = getattr(node, "selection_set", None)
        return own + self.of(inner) if inner else own

    def _field(self, node: FieldNode) -> Size:
        inner = self.of(node.selection_set) if node.selection_set else Size()
        if node.name.value.startswith("__"):  # introspection nests by nature; its rule is graphql-core's
            inner = replace(inner, depth=0)
        return replace(inner, depth=inner.depth + 1, aliases=inner.aliases + (node.alias is not None))

    def _fragment(self, name: str) -> Size:
        if name not in self.known:
            self.known[name] = Size()  # a cycle counts once here; validation refuses it
            fragment = self.fragments.get(name)
            if fragment:
                self.known[name] = self.of(fragment.selection_set)
        return self.known[name]


def _repetitions(operation: OperationDefinitionNode, fragments: Mapping[str, FragmentDefinitionNode]) -> int:
    """Return the largest number of fields that are merged into one.

    Fragments that contain themselves end at the budget; validation refuses them.
    """
    budget, most = SELECTIONS, 0
    left = [[operation.selection_set]]
    while left and budget > 0:
        merged: dict[str, list[FieldNode]] = {}
        for node in _spread(left.pop(), fragments):
            budget -= 1
            if isinstance(node, FieldNode):
                merged.setdefault((node.alias or node.name).value, []).append(node)
        most = max(most, *(len(nodes) for nodes in merged.values()), 0)
        inner = ([node.selection_set for node in nodes if node.selection_set] for nodes in merged.values())
        left.extend(sets for sets in inner if sets)
    return most


def _spread(
    sets: list[SelectionSetNode], fragments: Mapping[str, FragmentDefinitionNode]
) -> Iterator[SelectionNode]:
    """Yield every node of `sets`, each fragment's once."""
    seen: set[str] = set()
    left = list(sets)
    while left:
        for node in left.pop().selections:
            yield node
            if isinstance(node, InlineFragmentNode):
                left.append(node.selection_set)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in seen:
                seen.add(node.name.value)
                fragment = fragments.get(node.name.value)
                left.extend([fragment.selection_set] if fragment else [])
