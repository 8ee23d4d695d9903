"""Relay connections in SQL: the rows of a page numbered once, and edges and page info drawn from them.

One row more than asked for is read when somebody wants to know whether there is a next page.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from graphql import GraphQLObjectType

from api.graphql.plan.leaves import Text, concatenated, raw
from api.graphql.plan.roots import Page
from api.graphql.plan.select import TYPENAME, Chosen, NotCovered
from api.graphql.plan.sql import OR_BROKEN, Object

if TYPE_CHECKING:
    from api.graphql.plan.statements import RootSql

NUMBERED = ", row_number() OVER (ORDER BY {order}) AS page_row"

Maker = Callable[[Chosen], Text]


def connection(root: "RootSql", inner: tuple[Chosen, ...], page: Page) -> Text:
    """Return SQL of the JSON text of one page.

    Raises:
        NotCovered: it asks for more than `edges` and `pageInfo`, or of them more than is known here.
    """
    made = root.compiler.object(_node_type(root.asked.chosen))
    numbered = any(each.name == "pageInfo" for each in inner)
    return _Connection(root, made, page, numbered=numbered).text(inner)


class _Connection:
    def __init__(self, root: "RootSql", made: Object, page: Page, *, numbered: bool) -> None:
        size = root.size()
        assert size is not None, "a page has a size"
        self.root = root
        self.made = made
        self.page = page
        self.size = size
        self.numbered = numbered
        self.newest_first = f"{made.fill(page.key)} DESC"
        self.order = f"{made.alias}.page_row" if numbered else self.newest_first
        self.inside = f" FILTER (WHERE {made.alias}.page_row <= {size})" if numbered else ""

    def text(self, inner: tuple[Chosen, ...]) -> Text:
        makers: dict[str, Maker] = {"edges": self._edges, "pageInfo": self._page_info}
        text = concatenated(_object(inner, makers))
        limit = f"{self.size} + 1" if self.numbered else self.size
        number = NUMBERED.format(order=self.newest_first) if self.numbered else ""
        rows = self.root.rows(self.made, self.newest_first, limit, number)
        # HAVING: one row, also where nothing is asked that gathers the rows
        return [f"(SELECT {text} FROM {rows}{self.made.joined()} HAVING true)"]

    def _edges(self, chosen: Chosen) -> Text:
        assert chosen.inner is not None
        text = concatenated(_object(chosen.inner, {"node": self._node, "cursor": self._cursor}))
        listed = f"string_agg({OR_BROKEN.format(text)},',' ORDER BY {self.order}){self.inside}"
        return [raw("["), f"coalesce({listed},'')", raw("]")]

    def _node(self, chosen: Chosen) -> Text:
        assert chosen.inner is not None
        return self.made.parts(chosen.inner)

    def _cursor(self, _chosen: Chosen) -> Text:
        key = self.made.fill(self.page.key)
        return [self.root.compiler.place(f"{key}::text", self.page.cursor, required=True)]

    def _page_info(self, chosen: Chosen) -> Text:
        assert chosen.inner is not None
        return _object(chosen.inner, {"hasNextPage": self._has_next, "endCursor": self._end})

    def _has_next(self, _chosen: Chosen) -> Text:
        return [f"(CASE WHEN count(*) > {self.size} THEN 'true' ELSE 'false' END)"]

    def _end(self, _chosen: Chosen) -> Text:
        keys = f"array_agg({self.made.fill(self.page.key)} ORDER BY {self.order} DESC)"
        last = f"(({keys}{self.inside})[1])::text"
        return [self.root.compiler.place(last, self.page.cursor, required=False)]


def _object(inner: tuple[Chosen, ...], makers: dict[str, Maker]) -> Text:
    parts: Text = [raw("{")]
    for position, each in enumerate(inner):
        parts.append(raw(("," if position else "") + f'"{each.key}":'))
        if each.name == TYPENAME:
            parts.append(raw(f'"{each.parent.name}"'))
        elif each.name in makers:
            parts.extend(makers[each.name](each))
        else:
            raise NotCovered(f"{each.parent.name}.{each.name} is made by Python")
    parts.append(raw("}"))
    return parts


def _node_type(chosen: Chosen) -> GraphQLObjectType:
    """Return the type of a connection's nodes."""
    kind = chosen.field.type
    for name in ("edges", "node"):
        while not isinstance(kind, GraphQLObjectType):
            kind = kind.of_type  # type: ignore[union-attr]
        kind = kind.fields[name].type
    while not isinstance(kind, GraphQLObjectType):
        kind = kind.of_type  # type: ignore[union-attr]
    return kind
