"""How large an operation may be, measured before it is validated or run.

Fragments are measured once each, so that measuring costs no more than reading the text: an operation
whose fragments double at each step is refused, not expanded.  Only what is small enough is expanded,
to see how often it repeats itself: validation compares each field with each of its repetitions.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

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
VALUES = 5_000  # of variables, with those inside lists and objects

DEPTH = 10  # fields inside fields
ALIASES = 15  # fields given another name
DIRECTIVES = 50
SELECTIONS = 1_000  # fields and fragments after expansion
REPETITIONS = 30  # fields of the document that become one field of the answer


class Size(NamedTuple):
    """What a selection holds once its fragments are expanded."""

    depth: int = 0
    aliases: int = 0
    directives: int = 0
    selections: int = 0


NOTHING, LEAF, RENAMED = Size(), Size(depth=1), Size(depth=1, aliases=1)
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
    compared = zip(Size._fields, size, LARGEST, strict=True)
    return [(name, found, allowed) for name, found, allowed in compared if found > allowed]


class _Measure:
    def __init__(self, document: DocumentNode) -> None:
        self.fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self.known: dict[str, Size] = {}

    def of(self, selections: SelectionSetNode) -> Size:
        depth = aliases = directives = count = 0
        for node in selections.selections:
            inner = self._selection(node)
            depth = max(depth, inner.depth)
            aliases += inner.aliases
            directives += inner.directives + len(node.directives or ())
            count += inner.selections + 1
        return Size(depth, aliases, directives, count)

    def _selection(self, node: SelectionNode) -> Size:
        if isinstance(node, FieldNode):
            return self._field(node)
        if isinstance(node, FragmentSpreadNode):
            return self._fragment(node.name.value)
        inner = getattr(node, "selection_set", None)
        return self.of(inner) if inner else NOTHING

    def _field(self, node: FieldNode) -> Size:
        if not node.selection_set:
            return RENAMED if node.alias else LEAF
        inner = self.of(node.selection_set)
        # introspection nests by nature; its rule is graphql-core's
        depth = 1 if node.name.value.startswith("__") else inner.depth + 1
        return inner._replace(depth=depth, aliases=inner.aliases + (node.alias is not None))

    def _fragment(self, name: str) -> Size:
        if name not in self.known:
            self.known[name] = NOTHING  # a cycle counts once here; validation refuses it
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
