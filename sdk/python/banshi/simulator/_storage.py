"""What a mini-app keeps of invented citizens, as the platform would; it ends with the simulator."""

import math
import time
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec

from banshi import stores
from banshi.errors import KeyReused, RateLimited, ScopeMissing
from banshi.scopes import Scope
from banshi.serving import Citizen
from banshi.stores import WRITES_AT_ONCE, WRITES_PER_S

Answered = Callable[[Citizen, dict[str, Any]], Any]


class _Given(msgspec.Struct):
    """The variables of `banshi.platform`'s documents."""

    key: str = ""
    value: str = "null"
    revision: str | None = None
    command: str = ""


class _Kept(NamedTuple):
    value: str
    revision: str
    changed_at: datetime

    @property
    def size(self) -> int:
        return len(self.value.encode())


class Stores:
    """The stores of one mini-app, by citizen."""

    def __init__(self) -> None:
        self._kept: dict[str, dict[str, _Kept]] = {}
        self._done: dict[tuple[str, str], tuple[object, str]] = {}  # by citizen and key: what, its revision
        self._left: dict[str, tuple[float, float]] = {}  # by citizen: writes that he has left, and since when

    @property
    def answers(self) -> dict[str, Answered]:
        """What the platform's API answers, by root field."""
        return {
            "storedValue": self.value, "storedKeys": self.keys, "storeValue": self.put,
            "removeValue": self.remove,
        }  # fmt: skip

    def value(self, citizen: Citizen, variables: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return what is kept under a key.  Raises: ScopeMissing, InvalidInput."""
        store, given = self._begin(citizen, variables)
        kept = store.get(given.key)
        return kept and {
            "key": given.key, "value": kept.value, "revision": kept.revision, "changedAt": kept.changed_at,
        }  # fmt: skip

    def keys(self, citizen: Citizen, variables: Mapping[str, Any]) -> dict[str, Any]:
        """Return all keys as one page, newest first.  Raises: ScopeMissing."""
        nodes = [
            {"key": key, "size": kept.size, "revision": kept.revision, "changedAt": kept.changed_at}
            for key, kept in reversed(self._of(citizen).items())
        ]
        page = {"hasNextPage": False, "endCursor": None}
        return {"edges": [{"node": node} for node in nodes], "pageInfo": page}

    def put(self, citizen: Citizen, variables: Mapping[str, Any]) -> str:
        """Keep a value, and return its revision.

        Raises: ScopeMissing, InvalidInput, StoredValueTooLarge, StoreFull, StoredValueChanged,
            KeyReused, RateLimited.
        """
        store, given = self._begin(citizen, variables)
        size = len(stores.check_value(given.value))
        self._take(citizen, given)
        done = self._before(citizen, "put", given)
        if done is not None:
            return done
        found = store.get(given.key)
        stores.check_revision(given.revision, found.revision if found else stores.ABSENT)
        all_of_it = sum(kept.size for kept in store.values()) - (found.size if found else 0) + size
        stores.check_room(len(store) + (found is None), all_of_it)
        revision = uuid.uuid4().hex
        store[given.key] = _Kept(given.value, revision, datetime.now(UTC))
        self._done[citizen.sub, given.command] = ("put", given), revision
        return revision

    def remove(self, citizen: Citizen, variables: Mapping[str, Any]) -> bool:
        """Delete what is kept under a key.

        Raises: ScopeMissing, InvalidInput, StoredValueChanged, KeyReused, RateLimited.
        """
        store, given = self._begin(citizen, variables)
        self._take(citizen, given)
        if self._before(citizen, "remove", given) is None and given.key in store:
            stores.check_revision(given.revision, store[given.key].revision)
            del store[given.key]
        self._done[citizen.sub, given.command] = ("remove", given), stores.ABSENT
        return True

    def agreed(self, citizen: Citizen) -> None:
        """Take note of what a citizen agrees to now: without the scope nothing of him stays."""
        if not citizen.may(Scope.STORAGE_KEEP):
            self.forget(citizen.sub)

    def forget(self, sub: str) -> None:
        """Delete what is kept of a citizen."""
        self._kept.pop(sub, None)

    def _begin(self, citizen: Citizen, variables: Mapping[str, Any]) -> tuple[dict[str, _Kept], _Given]:
        given = msgspec.convert(variables, _Given)
        stores.check_key(given.key)
        return self._of(citizen), given

    def _take(self, citizen: Citizen, given: _Given) -> None:
        """Check a command's idempotency key, and how often commands come."""
        stores.check_command(given.command)
        now = time.monotonic()
        left, since = self._left.get(citizen.sub, (float(WRITES_AT_ONCE), now))
        left = min(WRITES_AT_ONCE, left + (now - since) * WRITES_PER_S)
        if left < 1:
            raise RateLimited(retry_after_s=math.ceil((1 - left) / WRITES_PER_S))
        self._left[citizen.sub] = (left - 1, now)

    def _before(self, citizen: Citizen, verb: str, given: _Given) -> str | None:
        """Return the revision that a command made when it came before; None: it did not."""
        what, revision = self._done.get((citizen.sub, given.command), (None, ""))
        if what not in (None, (verb, given)):
            raise KeyReused
        return None if what is None else revision

    def _of(self, citizen: Citizen) -> dict[str, _Kept]:
        if not citizen.may(Scope.STORAGE_KEEP):
            raise ScopeMissing(scope=Scope.STORAGE_KEEP)
        return self._kept.setdefault(citizen.sub, {})
