"""Remembering answers of the database while this process hears of their changes.

What was read before a change was heard is not kept after it, nor what a transaction alone has seen.  Who
hears nothing remembers nothing.
"""

import time
from collections import OrderedDict
from collections.abc import Collection, Hashable
from typing import Generic, TypeVar

from storage.db import in_transaction
from storage.news import Listener

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Remembered(Generic[Key, Value]):
    """At most `most` values, each for `stale_s` seconds at the longest, whatever was heard.

    Ask the database between `changes` and `keep`:

        before = held.changes
        value = await ...
        held.keep(key, value, before)
    """

    def __init__(self, channel: str, *, most: int = 1, stale_s: float = float("inf")) -> None:
        self.channel = channel
        self.most = most
        self.stale_s = stale_s
        self.changes = 0  # heard or missed so far
        self._hears = False
        self._held: OrderedDict[Key, tuple[float, Value]] = OrderedDict()

    @property
    def hears(self) -> bool:
        """Whether anything would be remembered."""
        return self._hears

    def get(self, key: Key) -> Value | None:
        """Return what is remembered; None: the database must be asked."""
        found = self._held.get(key)
        if found is None or found[0] <= time.monotonic():
            return None
        return found[1]

    def keep(self, key: Key, value: Value, before: int) -> None:
        """Remember `value`, which was asked for when `changes` was `before`, if nothing was heard since."""
        if not self._hears or before != self.changes or in_transaction():
            return
        self._held[key] = (time.monotonic() + self.stale_s, value)
        if len(self._held) > self.most:
            self._held.popitem(last=False)

    def forget(self) -> None:
        """Forget everything: this process has changed it, and its own news may be under way still."""
        self._forget(hears=self._hears)

    def listener(self, topics: Collection[str] | None = None) -> Listener:
        """Return what must hear PostgreSQL's news for anything to be remembered.

        Of a channel that many share, only `topics` make it forget; None: all.
        """
        return Listener(
            channel=self.channel,
            heard=lambda topic: self.forget() if topics is None or topic in topics else None,
            lost=lambda: self._forget(hears=False),
            back=lambda: self._forget(hears=True),
        )

    def _forget(self, *, hears: bool) -> None:
        self._hears = hears
        self.changes += 1
        self._held.clear()
