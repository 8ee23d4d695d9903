"""Reads.  Every query starts from what the actor may see: a mini-app its own of a party, a party its own."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from banshi.errors import ScopeMissing
from banshi.scopes import Scope
from banshi.stores import ABSENT
from identity import keys
from identity.actor import Actor
from identity.keys import Retention
from identity.visibility import Same, Visibility, where
from miniapps.stores.tables import StoredValue
from storage import seal
from storage.db import fetch
from storage.paging import Page, page

OWN: Visibility = ((Same(StoredValue.party_id, "acting_for"), Same(StoredValue.app_id, "app_id")),)

_SUMS = """
SELECT app_id, count(*) AS keys, sum(size) AS bytes, max(changed_at) AS changed_at FROM app_value
WHERE party_id = $1 GROUP BY app_id ORDER BY app_id
"""
_STANDING = """
SELECT total.keys, total.bytes AS in_all, v.revision, v.size, c.id AS done, c.digest,
  EXISTS (SELECT FROM mini_app WHERE app_id = $2) AS is_mini_app,
  EXISTS (SELECT FROM consent WHERE party_id = $1 AND app_id = $2 AND withdrawn_at IS NULL
    AND $5 = ANY (scopes)) AS is_agreed
FROM (SELECT count(*) AS keys, coalesce(sum(size), 0) AS bytes FROM app_value
  WHERE party_id = $1 AND app_id = $2) AS total
LEFT JOIN app_value v ON v.party_id = $1 AND v.app_id = $2 AND v.key = $3
LEFT JOIN app_store_command c ON c.party_id = $1 AND c.app_id = $2 AND c.key = $4
"""


class Store(NamedTuple):
    """How much one mini-app keeps of a party."""

    app_id: str
    keys: int
    bytes: int
    changed_at: datetime


class Standing(NamedTuple):
    """What a command finds: the store, the value that it is about, and whether it was carried out before."""

    keys: int
    in_all: int  # bytes
    revision: str
    size: int
    done: UUID | None
    digest: bytes | None
    is_mini_app: bool
    is_agreed: bool


def app_of(actor: Actor) -> str:
    """Return the mini-app that asks: nobody else has to do with its stores.

    Raises: ScopeMissing.
    """
    if actor.app_id is None or not actor.may(Scope.STORAGE_KEEP):
        raise ScopeMissing(scope=Scope.STORAGE_KEEP)
    return actor.app_id


async def value(actor: Actor, key: str) -> StoredValue | None:
    """Return what the mini-app keeps under a key.  Raises: ScopeMissing."""
    app_of(actor)
    return await StoredValue.objects().where(where(OWN, actor), StoredValue.key == key).first()


async def values(actor: Actor, *, first: int, after: UUID | None) -> Page[StoredValue]:
    """Return a page of what the mini-app keeps, newest key first.  Raises: ScopeMissing."""
    app_of(actor)
    return await page(
        StoredValue.objects().where(where(OWN, actor)), StoredValue.id, first=first, after=after
    )


async def stores(actor: Actor) -> list[Store]:
    """Return what all mini-apps keep of the party the actor acts for, by mini-app.

    Raises: ScopeMissing when a mini-app asks.
    """
    if actor.app_id is not None or not actor.may(Scope.APPS_OPEN):
        raise ScopeMissing(scope=Scope.APPS_OPEN)
    return [Store(**row) for row in await fetch(_SUMS, actor.acting_for)]


async def standing(actor: Actor, key: str, command: str) -> Standing:
    """Return what a command of the mini-app finds: one statement."""
    scope = Scope.STORAGE_KEEP.value
    [row] = await fetch(_STANDING, actor.acting_for, app_of(actor), key, command, scope)
    revision = row["revision"]
    known = {"revision": revision.hex if revision else ABSENT, "size": row["size"] or 0}
    return Standing(**{**row, **known})


async def opened(row: StoredValue) -> str:
    """Return the JSON text of a value.  Raises: PartyErased."""
    data_key = await keys.data_key(UUID(str(row.party_id)), Retention.CITIZEN)
    return seal.open_(row.value, data_key, aad=aad(row.app_id, row.key)).decode()


def aad(app_id: str, key: str) -> bytes:
    """Return what binds a sealed value to its place."""
    return f"app-value:{app_id}:{key}".encode()
