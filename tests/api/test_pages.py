"""Pages on the wire: Relay connections whose cursors only this server can make."""

from dataclasses import dataclass

import pytest
import strawberry

from api.graphql.pages import Connection, after_id, after_key, connection, cursor, size
from banshi.errors import InvalidInput
from storage.ids import new_id
from storage.paging import Page

pytestmark = pytest.mark.usefixtures("keys")


@dataclass
class Row:
    id: object


@strawberry.type(name="Thing")
class ThingNode:
    id: str


def test_a_connection_is_named_after_its_node():
    @strawberry.type
    class Query:
        things: Connection[ThingNode]

    sdl = strawberry.Schema(Query).as_str()

    assert "type ThingConnection {" in sdl
    assert "type ThingEdge {" in sdl


def test_the_end_cursor_leads_to_where_the_page_ended():
    rows = [Row(new_id()) for _ in range(3)]

    shown = connection(Page(rows=rows, more=True), lambda row: ThingNode(id=str(row.id)), of="things")

    assert [edge.node.id for edge in shown.edges] == [str(row.id) for row in rows]
    assert shown.page_info.has_next_page
    assert after_id(shown.page_info.end_cursor, of="things") == rows[-1].id


def test_an_empty_page_has_no_end():
    shown = connection(Page(rows=[], more=False), lambda row: row, of="things")

    assert shown.page_info.end_cursor is None
    assert after_id(None, of="things") is None


def test_a_list_may_be_continued_by_another_key_than_the_id():
    shown = connection(Page(rows=[Row(7)], more=False), lambda row: row, of="things", key=lambda row: row.id)

    assert after_key(shown.page_info.end_cursor, of="things") == "7"


@pytest.mark.parametrize(
    "forge",
    [
        lambda made: made[:-2] + ("AA" if made[-2:] != "AA" else "BB"),
        lambda made: "A" + made[1:] if made[0] != "A" else "B" + made[1:],
        lambda made: "",
        lambda made: "not a cursor",
        lambda made: "中文",
        lambda made: cursor(str(new_id()), of="other things"),
    ],
    ids=["other key", "other tag", "empty", "no base64", "no ASCII", "of another list"],
)
def test_a_cursor_we_did_not_make_is_refused(forge):
    made = cursor(str(new_id()), of="things")

    with pytest.raises(InvalidInput):
        after_id(forge(made), of="things")


@pytest.mark.parametrize("first", [-1, 0, 101])
def test_a_page_holds_one_to_a_hundred_rows(first):
    with pytest.raises(InvalidInput):
        size(first)

    assert size(100) == 100
