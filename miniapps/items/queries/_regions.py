"""Which regions have something of their own: the others are shown what the nearest one around them is."""

from collections.abc import Awaitable, Callable, Collection

from identity import regions
from miniapps.items.queries._offers import around
from storage.db import execute, fetch, transaction
from storage.news import Listener
from storage.remembered import Remembered

STALE_S = 60.0
_ALL = "all"

_OFFERED = (
    "SELECT x.code FROM unnest($1::varchar[]) AS x (code)"
    " WHERE EXISTS (SELECT FROM item i WHERE i.current_id IS NOT NULL"
    " AND i.regions::text[] && ARRAY[x.code::text])"
)


class RegionsUsed:
    """The regions for which something is there, remembered while this process hears of changes.

    `find` returns the codes of all cities and counties that are used, and may return others; what it looks
    at are the tables `topics`.
    """

    def __init__(self, find: Callable[[], Awaitable[Collection[str]]], topics: Collection[str]) -> None:
        self._find = find
        self._is_asking = False
        self._held = Remembered[str, frozenset[str]]("changed", stale_s=STALE_S)
        self.topics = frozenset(topics)

    def nearest(self, region: str) -> str:
        """Return the region whose readers are shown the same: this one itself, or one around it.

        It is the region itself as long as that is not known, and for a code that is no division of ours.
        """
        used = self._held.get(_ALL)
        if used is None or region not in regions.shipped():
            return region
        *near, province = reversed(around(region))
        return next((code for code in near if code in used), province)

    async def know(self) -> None:
        """Let `nearest` know, when something has changed; one asks, the others go on without it."""
        if not self._held.hears or self._is_asking or self._held.get(_ALL) is not None:
            return
        self._is_asking, before = True, self._held.changes
        try:
            used = frozenset(await self._find())
        finally:
            self._is_asking = False
        self._held.keep(_ALL, used, before)

    def listener(self) -> Listener:
        """Return what must hear PostgreSQL for anything to be known."""
        return self._held.listener(self.topics)


async def _offered() -> list[str]:
    codes = [region.code for region in regions.shipped().values() if region.level in (2, 3)]
    async with transaction():
        # for a region with nothing the whole table would be read, in the hope of finding something soon
        await execute("SET LOCAL enable_seqscan = off")
        return [row["code"] for row in await fetch(_OFFERED, codes)]


OFFERED_IN = RegionsUsed(_offered, {"item"})
"""Where items are offered."""
