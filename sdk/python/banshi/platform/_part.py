"""What all parts of the client are made of."""

from collections.abc import AsyncIterator, Mapping
from typing import Any, TypeVar

import msgspec

from banshi.client import Platform
from banshi.platform._types import Told, selection

Kind = TypeVar("Kind", bound=Told)

_PAGE = "pageInfo { hasNextPage endCursor }"


def listing(field: str, kind: type[Told], takes: str = "", gives: str = "") -> str:
    """Return the document of a connection."""
    return (
        f"query ($after: String{takes}) {{ {field}(first: 50, after: $after{gives})"
        f" {{ edges {{ node {{ {selection(kind)} }} }} {_PAGE} }} }}"
    )


class Part:
    """One part of what a citizen lets a mini-app do."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    async def _one(self, kind: type[Kind], document: str, field: str, **variables: Any) -> Kind:
        data = await self._platform.graphql(document, plain(variables))
        return msgspec.convert(data[field], kind)

    async def _each(
        self, kind: type[Kind], document: str, field: str, **variables: Any
    ) -> AsyncIterator[Kind]:
        async for node in self._platform.every(document, plain(variables), field=field):
            yield msgspec.convert(node, kind)


def plain(variables: Mapping[str, Any]) -> dict[str, Any]:
    """Return variables as JSON has them."""
    found = msgspec.to_builtins(variables)
    assert isinstance(found, dict)
    return found
