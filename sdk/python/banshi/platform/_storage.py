"""The store of a mini-app for one citizen: settings, drafts, where he was; not his papers, and no cache.

    kept = await platform.storage.get("draft", Draft)           # None: nothing
    await platform.storage.set("draft", draft, if_revision=kept.revision if kept else ABSENT)
    await platform.storage.delete("draft")
    async for each in platform.storage.each(): each.key, each.size

At most 64 keys, 8 KiB of JSON under each, and 64 KiB in all (`banshi.stores`).  It is deleted when the
citizen withdraws his consent, and what was not touched for the manifest's `retention_days`, too.
"""

import uuid
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any, Generic, TypeVar, overload

import msgspec

from banshi.platform._part import Part, listing
from banshi.platform._types import StoredKey, StoredValue, selection

Value = TypeVar("Value")

GET = f"query ($key: String!) {{ storedValue(key: $key) {{ {selection(StoredValue)} }} }}"
KEYS = listing("storedKeys", StoredKey)
_COMMAND = "$key: String!, $command: String!, $revision: String"
_GIVEN = "key: $key, idempotencyKey: $command, ifRevision: $revision"
SET = f"mutation ({_COMMAND}, $value: String!) {{ storeValue({_GIVEN}, value: $value) }}"
DELETE = f"mutation ({_COMMAND}) {{ removeValue({_GIVEN}) }}"
DOCUMENTS = (GET, KEYS, SET, DELETE)


class Stored(msgspec.Struct, Generic[Value], frozen=True):
    """A value that is kept, and its revision, which changes with each write."""

    key: str
    value: Value
    revision: str
    changed_at: datetime


class Storage(Part):
    """What the mini-app keeps of the citizen; scope storage:keep.

    Of whom it is: of the party that the citizen acts for, so an agent and who gave him the mandate meet in
    the same store.
    """

    @overload
    async def get(self, key: str) -> Stored[Any] | None: ...
    @overload
    async def get(self, key: str, kind: type[Value]) -> Stored[Value] | None: ...

    async def get(self, key: str, kind: Any = Any) -> Stored[Any] | None:
        """Return what is kept under a key, as a `kind`; None: nothing.

        Raises: invalid.InvalidInput; msgspec.ValidationError when what was kept is no `kind`.
        """
        data = await self._platform.graphql(GET, {"key": key})
        if data["storedValue"] is None:
            return None
        told = msgspec.convert(data["storedValue"], StoredValue)
        value = msgspec.json.decode(told.value, type=kind)
        return Stored(key=told.key, value=value, revision=told.revision, changed_at=told.changed_at)

    async def set(
        self, key: str, value: Any, *, if_revision: str | None = None, command: str | None = None
    ) -> str:
        """Keep a value under a key, and return its revision.

        Shape: `value` is anything that msgspec writes as JSON.  `if_revision` writes over that revision
            alone, `banshi.stores.ABSENT` where nothing is; without it the last write wins.
        `command` is an idempotency key of one's own, for all tries of this write.
        Raises: conflict.StoredValueChanged, conflict.StoreFull, conflict.IdempotencyKeyReused,
            invalid.StoredValueTooLarge, invalid.InvalidInput.
        """
        given = {"value": msgspec.json.encode(value).decode(), **_command(key, if_revision, command)}
        return str((await self._platform.graphql(SET, given))["storeValue"])

    async def delete(self, key: str, *, if_revision: str | None = None, command: str | None = None) -> None:
        """Delete what is kept under a key; what is not there is deleted already.

        Raises: conflict.StoredValueChanged, invalid.InvalidInput.
        """
        await self._platform.graphql(DELETE, _command(key, if_revision, command))

    def each(self) -> AsyncIterator[StoredKey]:
        """Yield the keys under which something is kept."""
        return self._each(StoredKey, KEYS, "storedKeys")


def _command(key: str, if_revision: str | None, command: str | None) -> dict[str, Any]:
    return {"key": key, "revision": if_revision, "command": command or uuid.uuid4().hex}
