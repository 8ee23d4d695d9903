"""Reads.  Every query starts from what the actor may see: a mini-app its own of a party, a party its own."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from piccolo.columns.combination import And, WhereRaw
from piccolo.custom_types import Combinable

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

STORE = (
    "(SELECT store_id FROM consent WHERE party_id = {party} AND app_id = {app} AND withdrawn_at IS NULL"
    " AND 'storage:keep' = ANY (scopes))"
)
"""The store that a party's consent in force is for, as a subquery; NULL: nothing may be kept.

It begins with the consent and ends with it: what another store holds the mini-app has no more.
"""

_SUMS = """
SELECT app_id, count(*) AS keys, sum(size) AS bytes, max(changed_at) AS changed_at FROM app_value
WHERE party_id = $1 GROUP BY app_id ORDER BY app_id
"""
_STANDING = f"""
SELECT total.keys, total.bytes AS in_all, v.revision, v.size, c.id AS done, c.digest, held.store_id,
  EXISTS (SELECT FROM mini_app WHERE app_id = $2 AND state <> 'suspended') AS is_mini_app
FROM (SELECT {STORE.format(party="$1", app="$2")} AS store_id) AS held
CROSS JOIN LATERAL (SELECT count(*) AS keys, coalesce(sum(size), 0) AS bytes FROM app_value
  WHERE party_id = $1 AND app_id = $2 AND store_id = held.store_id) AS total
LEFT JOIN app_value v ON v.party_id = $1 AND v.app_id = $2 AND v.key = $3 AND v.store_id = held.store_id
LEFT JOIN app_store_command c ON c.party_id = $1 AND c.app_id = $2 AND c.key = $4
"""  # noqa: S608


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
    store_id: UUID | None  # None: nothing may be kept
    is_mini_app: bool  # one that is not switched off


def app_of(actor: Actor) -> str:
    """Return the mini-app that asks: nobody else has to do with its stores.

    Raises: ScopeMissing.
    """
    if actor.app_id is None or not actor.may(Scope.STORAGE_KEEP):
        raise ScopeMissing(scope=Scope.STORAGE_KEEP)
    return actor.app_id


async def value(actor: Actor, key: str) -> StoredValue | None:
    """Return what the mini-app keeps under a key.  Raises: ScopeMissing."""
    return await StoredValue.objects().where(_kept(actor), StoredValue.key == key).first()


async def values(actor: Actor, *, first: int, after: UUID | None) -> Page[StoredValue]:
    """Return a page of what the mini-app keeps, newest key first.  Raises: ScopeMissing."""
    return await page(StoredValue.objects().where(_kept(actor)), StoredValue.id, first=first, after=after)


def _kept(actor: Actor) -> Combinable:
    """What the mini-app keeps by the consent in force; what it kept by one before is as good as deleted."""
    app_id = app_of(actor)
    in_force = WhereRaw(f"store_id = {STORE.format(party='{}', app='{}')}", actor.acting_for, app_id)
    return And(where(OWN, actor), in_force)


async def stores(actor: Actor) -> list[Store]:
    """Return what all mini-apps keep of the party the actor acts for, by mini-app.

    Raises: ScopeMissing when a mini-app asks.
    """
    if actor.app_id is not None or not actor.may(Scope.APPS_OPEN):
        raise ScopeMissing(scope=Scope.APPS_OPEN)
    return [Store(**row) for row in await fetch(_SUMS, actor.acting_for)]


async def standing(actor: Actor, key: str, command: str) -> Standing:
    """Return what a command of the mini-app finds: one statement."""
    [row] = await fetch(_STANDING, actor.acting_for, app_of(actor), key, command)
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
