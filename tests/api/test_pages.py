"""Pages on the wire."""

import strawberry

from api.graphql.pages import Connection, connection
from storage.paging import Page


@strawberry.type(name="Thing")
class ThingNode:
    id: str


@strawberry.type
class Query:
    @strawberry.field
    def things(self, first: int = 20, after: str | None = None) -> Connection[ThingNode]:
        page = Page(rows=[ThingNode(id=str(i)) for i in range(3)], more=True)
        return connection(page, lambda row: row, of="things")


def test_a_connection_is_named_after_its_node():
    sdl = strawberry.Schema(Query).as_str()

    assert "type ThingConnection" in sdl
    assert "type ThingEdge" in sdl
