"""How large an operation may be, measured before it is validated or run.

Every walk is memoised per fragment, so measuring costs no more than reading the text once: an
operation whose fragments double at each step is refused, not expanded.
"""

from dataclasses import dataclass, replace
from functools import reduce

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
)

from api.graphql.errors import TooLarge, refusal

TOKENS = 1_000  # per document, counted by the parser
BODY_BYTES = 100_000  # per request

DEPTH = 10  # fields inside fields
ALIASES = 15  # fields given another name
DIRECTIVES = 50
SELECTIONS = 1_000  # fields and fragments after expansion


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
    try:
        sizes = [measure.of(operation.selection_set) for operation in operations]
    except RecursionError:  # a chain of fragments longer than Python's stack
        return [refusal(TooLarge(limit="depth", found="in the hundreds", allowed=DEPTH))]
    return [
        refusal(TooLarge(limit=limit, found=found, allowed=allowed))
        for size in sizes
        for limit, found, allowed in _excess(size)
    ]


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
