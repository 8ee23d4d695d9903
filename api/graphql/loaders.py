"""The cure for N+1: to-one links are gathered over a whole answer and fetched by one query.

A slice file declares its loader at module level and asks it in a resolver:

    ITEMS = Loader(queries.by_ids)  # (actor, ids) -> {id: row}

    async def item(self, info: Info) -> ItemNode:
        return ItemNode.of(await ITEMS.must(info, self.item_id))
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Generic, TypeVar
from uuid import UUID

from strawberry.dataloader import DataLoader

from api.context import Context, Info
from banshi.errors import NotFound
from identity.actor import Actor

K = TypeVar("K")
V = TypeVar("V")


class Loader(Generic[K, V]):
    """A batch read, remembered for one operation and for one actor."""

    def __init__(self, fetch: Callable[[Actor, list[K]], Awaitable[Mapping[K, V]]]) -> None:
        """Take the read: it gets the actor and distinct keys, and leaves out what it may not show."""
        self.fetch = fetch

    async def load(self, info: Info, key: K) -> V | None:
        """Return the row of `key`; None when there is none that the actor may see."""
        return await self._of(info.context).load(key)

    async def load_many(self, context: Context, keys: list[K]) -> list[V | None]:
        """Return the rows of distinct keys at once, for a whole level of an answer."""
        found = await self.fetch(context.actor, keys)
        return [found.get(key) for key in keys]

    async def must(self, info: Info, key: K) -> V:
        """Return the row of `key`, which the caller's own row points at.

        Raises:
            NotFound: the row it points at is not for this actor's eyes.
        """
        row = await self.load(info, key)
        if row is None:
            raise NotFound(what="row", id=key if isinstance(key, UUID) else "")
        return row

    def _of(self, context: Context) -> DataLoader[K, V | None]:
        loader = context.loaders.get(self)
        if loader is None:
            loader = context.loaders[self] = DataLoader(self._batch(context.actor))
        return loader

    def _batch(self, actor: Actor) -> Callable[[list[K]], Awaitable[list[V | None]]]:
        async def batch(keys: list[K]) -> list[V | None]:
            found = await self.fetch(actor, keys)
            return [found.get(key) for key in keys]

        return batch
