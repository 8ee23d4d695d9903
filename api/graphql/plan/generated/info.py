"""What a resolver is told: graphql-core's resolve info, its path made when somebody asks for it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from graphql import GraphQLResolveInfo
from graphql.execution import VariableValues
from graphql.pyutils import Path, gather_with_cancel
from graphql.type import GraphQLResolveInfoHelpers
from strawberry import Schema
from strawberry.execution import optimized_is_awaitable as is_awaitable


@dataclass(frozen=True)
class Request:
    """One run of an operation."""

    schema: Schema
    variables: VariableValues
    context: object
    tail: tuple[Any, ...]  # of each ResolveInfo: all that stands behind its path


class Places(Protocol):
    """The objects of one place of an operation, numbered."""

    def trail(self, index: int) -> Path | None:
        """Return the way to one of them; None: it is the answer itself."""
        ...


class ResolveInfo(GraphQLResolveInfo[Any]):
    """graphql-core's own, but `path` is made of (objects, number of the object, key) when it is read."""

    __slots__ = ()
    operation_extensions = None  # Strawberry adds it; nothing sends any

    @property
    def path(self) -> Path:
        """The way from the answer's root to this field."""
        place: tuple[Places, int, str] = tuple.__getitem__(self, 4)
        places, index, key = place
        return Path(places.trail(index), key, self.parent_type.name)


background: set[asyncio.Future[Any]] = set()  # or nobody would hold them


def _track(values: Sequence[Any]) -> None:
    for value in filter(is_awaitable, values):
        future = asyncio.ensure_future(value)
        background.add(future)
        future.add_done_callback(_settled)


def _settled(future: asyncio.Future[Any]) -> None:
    background.discard(future)
    if not future.cancelled():
        future.exception()  # seen, so that asyncio does not complain of it


HELPERS = GraphQLResolveInfoHelpers(gather=lambda values: gather_with_cancel(*values), track=_track)
