"""Which places have something of their own: the others are shown what the nearest place around them is."""

from collections.abc import Collection

from identity import regions
from miniapps.items.queries._offers import around
from storage.db import fetch
from storage.news import Listener
from storage.remembered import Remembered

STALE_S = 30.0
_ALL = "all"


class Places:
    """The places for which something is there, remembered while this process hears of changes.

    `used` is a condition in SQL on {place}, a division code; what it looks at are the tables `topics`.
    """

    def __init__(self, used: str, topics: Collection[str]) -> None:
        asked = used.format(place="x.code")
        self._statement = f"SELECT x.code FROM unnest($1::varchar[]) AS x (code) WHERE {asked}"  # noqa: S608 (ours)
        self.topics = frozenset(topics)
        self._held = Remembered[str, frozenset[str]]("changed", stale_s=STALE_S)

    def nearest(self, region: str) -> str:
        """Return the place whose readers are shown the same: the region itself, or one around it.

        It is the region itself as long as that is not known, and for a region that is no division of ours.
        """
        used = self._held.get(_ALL)
        if used is None or region not in regions.shipped():
            return region
        *near, province = reversed(around(region))
        return next((code for code in near if code in used), province)

    async def know(self) -> None:
        """Let `nearest` know from now on: one statement, when something has changed."""
        if not self._held.hears or self._held.get(_ALL) is not None:
            return
        codes = [place.code for place in regions.shipped().values() if len(place.code) == 6]
        before = self._held.changes
        rows = await fetch(self._statement, codes)
        self._held.keep(_ALL, frozenset(row["code"] for row in rows), before)

    def listener(self) -> Listener:
        """Return what must hear PostgreSQL for anything to be known."""
        return self._held.listener(self.topics)


OFFERING = Places("EXISTS (SELECT FROM item i WHERE i.regions && ARRAY[{place}])", {"item"})
"""Where items are offered."""
