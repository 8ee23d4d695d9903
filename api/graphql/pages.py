"""Lists on the wire: Relay connections over keyset pages, with cursors that only we can make.

async def cases(self, info: Info, first: int = 20, after: str | None = None) -> Connection[CaseNode]:
    page = await queries.page(info.context.actor, first=size(first), after=after_id(after, of="cases"))
    return connection(page, CaseNode.of, of="cases")
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar
from uuid import UUID

import strawberry

from banshi.errors import InvalidInput
from storage import seal
from storage.paging import LARGEST, Page

Node = TypeVar("Node")
Row = TypeVar("Row")

TAG_BYTES = 12


class Place(NamedTuple):
    """Where a row stands in a list."""

    key: str
    of: str  # which list

    @property
    def cursor(self) -> str:
        """What stands for it outside."""
        return cursor(self.key, of=self.of)


@strawberry.type(description="Where a page ends and whether another follows.")
class PageInfo:
    has_next_page: bool
    end_cursor: str | None


@strawberry.type(description="One entry of a page.")
class Edge(Generic[Node]):
    node: Node
    place: strawberry.Private["Place"]

    @strawberry.field
    def cursor(self) -> str:
        return self.place.cursor  # made for who asks: most ask for the end of the page alone


@strawberry.type(description="A page of a list, newest first.")
class Connection(Generic[Node]):
    edges: list[Edge[Node]]
    page_info: PageInfo


def size(first: int, *, most: int = LARGEST) -> int:
    """Return `first` when it is 1 to `most`.

    Raises:
        InvalidInput: it is not; a silently shortened page would look like the end of the list.
    """
    if not 1 <= first <= most:
        raise InvalidInput(field="first", problem=f"ask for 1 to {most}")
    return first


def connection(
    page: Page[Row],
    wrap: Callable[[Row], Node],
    *,
    of: str,
    key: Callable[[Row], object] = lambda row: getattr(row, "id"),  # noqa: B009 (rows have no common type)
) -> Connection[Node]:
    """Wrap a storage page; `of` names the list, `key` gives what the next page starts after."""
    edges = [Edge(node=wrap(row), place=Place(str(key(row)), of)) for row in page.rows]
    end = edges[-1].place.cursor if edges else None
    return Connection(edges=edges, page_info=PageInfo(has_next_page=page.more, end_cursor=end))


def after_id(after: str | None, *, of: str) -> UUID | None:
    """Return the row id in the cursor `after` of the list `of`.

    Raises:
        InvalidInput: the cursor is not one that this server made for this list.
    """
    key = after_key(after, of=of)
    return None if key is None else UUID(key)


def after_key(after: str | None, *, of: str) -> str | None:
    """Return the key in the cursor `after`, for lists not ordered by id; raises as `after_id` does."""
    if after is None:
        return None
    try:
        raw = urlsafe_b64decode(after)
    except ValueError:
        raw = b""
    key = raw[TAG_BYTES:]
    if not key or not seal.same(_tag(key, of), raw[:TAG_BYTES]):
        raise InvalidInput(field="after", problem="take it from the endCursor of a page of this list")
    return key.decode()


def cursor(key: str, *, of: str) -> str:
    """Return the opaque text that stands for the place `key` in the list `of`."""
    raw = key.encode()
    return urlsafe_b64encode(_tag(raw, of) + raw).decode()


def _tag(key: bytes, of: str) -> bytes:
    return seal.mac(key, purpose=f"cursor {of}")[:TAG_BYTES]
