"""Verbs of stores.  Whose store it is: the party's that is acted for, of the mini-app whose token asks."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from banshi import stores
from banshi.errors import ConsentNeeded, KeyReused, ScopeMissing
from banshi.scopes import Scope
from banshi.stores import WRITES_AT_ONCE, WRITES_PER_S
from identity import audit, consents, contexts, keys
from identity.actor import Actor
from identity.keys import Retention
from identity.relation_errors import OwnConsentNeeded
from miniapps.stores import queries
from miniapps.stores.queries import Standing
from storage import seal
from storage.clock import local_date
from storage.db import execute, fetch, transaction
from storage.ids import first_id, new_id
from storage.limits import take

REMEMBERED = timedelta(days=1)  # commands
AT_ONCE = 1000  # values that are deleted in one transaction

_PUT = """
WITH noted AS (INSERT INTO app_store_command (id, party_id, app_id, key, digest)
  VALUES ($1, $2, $3, $5, $6))
INSERT INTO app_value (id, party_id, app_id, key, value, size, revision, changed_at, touched_on, store_id)
VALUES ($1, $2, $3, $4, $7, $8, $1, $9, $10, $11)
ON CONFLICT (party_id, app_id, key) DO UPDATE SET value = excluded.value, size = excluded.size,
  revision = excluded.revision, changed_at = excluded.changed_at, touched_on = excluded.touched_on,
  store_id = excluded.store_id
"""
_REMOVE = """
WITH noted AS (INSERT INTO app_store_command (id, party_id, app_id, key, digest)
  VALUES ($1, $2, $3, $5, $6))
DELETE FROM app_value WHERE party_id = $2 AND app_id = $3 AND key = $4
"""
_TOUCH = "UPDATE app_value SET touched_on = $3 WHERE party_id = $1 AND id = $2"
_FORGET = f"""
DELETE FROM app_value WHERE party_id = $1 AND app_id = $2
AND store_id IS DISTINCT FROM {queries.STORE.format(party="$1", app="$2")}
"""  # noqa: S608
_UNTOUCHED = """
DELETE FROM app_value WHERE id = ANY(ARRAY(
  SELECT old.id FROM mini_app a
  JOIN mini_app_version m ON m.id = coalesce(a.released_id,
    (SELECT id FROM mini_app_version WHERE app = a.id ORDER BY id DESC LIMIT 1))
  CROSS JOIN LATERAL (SELECT id FROM app_value WHERE app_id = a.app_id
    AND touched_on < $1::date - (m.manifest ->> 'retention_days')::int
    ORDER BY touched_on LIMIT $2 FOR UPDATE SKIP LOCKED) AS old
  LIMIT $2))
"""


@dataclass(frozen=True)
class Kept:
    """One value as the mini-app reads it: `value` is the text of its JSON."""

    key: str
    value: str
    revision: str
    changed_at: datetime


async def put(
    actor: Actor, key: str, value: str, *, if_revision: str | None = None, command: str, now: datetime
) -> str:
    """Keep the JSON text `value` under a key, and return its revision; the same command again is the same.

    Without `if_revision` the last write wins; `banshi.stores.ABSENT` wants the key to be new.
    Raises: ScopeMissing, InvalidInput, StoredValueTooLarge, StoreFull, StoredValueChanged, KeyReused,
        ConsentNeeded, RateLimited, PartyErased.
    """
    app_id = queries.app_of(actor)
    stores.check_key(key)
    plain = stores.check_value(value)
    digest = await _received(actor, "put", key, value, if_revision, command=command)
    data_key = await keys.data_key(actor.acting_for, Retention.CITIZEN)
    sealed = seal.seal(plain, data_key, aad=queries.aad(app_id, key))
    async with transaction():
        found = await _begin(actor, key, command, digest)
        if found.done is not None:
            return found.done.hex
        stores.check_revision(if_revision, found.revision)
        stores.check_room(found.keys + (not found.revision), found.in_all - found.size + len(plain))
        revision = new_id()
        await execute(
            _PUT, revision, actor.acting_for, app_id, key, command, digest, sealed, len(plain), now,
            local_date(now), found.store_id,
        )  # fmt: skip
        await audit.record(actor, "app.keep", f"app/{app_id}", now=now)
    return revision.hex


async def remove(
    actor: Actor, key: str, *, if_revision: str | None = None, command: str, now: datetime
) -> None:
    """Delete what is kept under a key; what is not there is deleted already.

    Raises: ScopeMissing, InvalidInput, StoredValueChanged, KeyReused, ConsentNeeded, RateLimited.
    """
    app_id = queries.app_of(actor)
    stores.check_key(key)
    digest = await _received(actor, "remove", key, None, if_revision, command=command)
    async with transaction():
        found = await _begin(actor, key, command, digest)
        if found.done is not None:
            return
        if found.revision:
            stores.check_revision(if_revision, found.revision)
            await audit.record(actor, "app.remove", f"app/{app_id}", now=now)
        await execute(_REMOVE, new_id(), actor.acting_for, app_id, key, command, digest)


async def read(actor: Actor, key: str, *, now: datetime) -> Kept | None:
    """Return what the mini-app keeps under a key; None: nothing.  Once a day it notes that it was read.

    Raises: ScopeMissing, InvalidInput, PartyErased.
    """
    stores.check_key(key)
    row = await queries.value(actor, key)
    if row is None:
        return None
    if row.touched_on < local_date(now):
        await execute(_TOUCH, actor.acting_for, row.id, local_date(now))
    return Kept(row.key, await queries.opened(row), row.revision.hex, row.changed_at)


async def clear(actor: Actor, app_id: str, *, now: datetime) -> bool:
    """Delete all that a mini-app keeps of the party, as the citizen wishes; say whether there was anything.

    Raises: ScopeMissing when a mini-app asks; OwnConsentNeeded when an agent does.
    """
    if actor.app_id is not None or not actor.may(Scope.APPS_OPEN):
        raise ScopeMissing(scope=Scope.APPS_OPEN)
    if not await contexts.may_consent(actor, now=now):
        raise OwnConsentNeeded
    async with transaction():
        await consents.lock(actor.acting_for)
        gone = await fetch(
            "DELETE FROM app_value WHERE party_id = $1 AND app_id = $2 RETURNING id", actor.acting_for, app_id
        )
        if gone:
            await audit.record(actor, "app.clear", f"app/{app_id}", now=now)
    return bool(gone)


async def forget(party_id: UUID, app_id: str) -> None:
    """Delete what a mini-app keeps of a party that took its consent back; twice is as once.

    What was kept since, by a consent that was given anew, stays.
    """
    async with transaction():
        await consents.lock(party_id)
        await execute(_FORGET, party_id, app_id)


async def forget_all(party_id: UUID) -> None:
    """Delete what any mini-app keeps of a party that is erased, in the caller's transaction."""
    for table in ("app_value", "app_store_command"):
        await execute(f"DELETE FROM {table} WHERE party_id = $1", party_id)  # noqa: S608


async def sweep(*, now: datetime) -> None:
    """Delete values that no mini-app touched for as long as its manifest says, and commands of yesterday.

    The manifest is that of the version that everybody has, or of the newest while nobody has one.
    """
    deleted = AT_ONCE
    while deleted == AT_ONCE:
        deleted = int((await execute(_UNTOUCHED, local_date(now), AT_ONCE)).split()[-1])
    await execute("DELETE FROM app_store_command WHERE id < $1", first_id(now - REMEMBERED))


async def _received(
    actor: Actor, verb: str, key: str, value: str | None, if_revision: str | None, *, command: str
) -> bytes:
    """Check a command's idempotency key and how often it comes; return what tells it from others."""
    stores.check_command(command)
    await take(f"store:{actor.limit_key}", capacity=WRITES_AT_ONCE, per_s=WRITES_PER_S)
    return seal.blind(msgspec.json.encode([verb, key, value, if_revision]).decode(), purpose="store command")


async def _begin(actor: Actor, key: str, command: str, digest: bytes) -> Standing:
    """Let nobody else change the party's stores and consents until the transaction ends, and look."""
    await consents.lock(actor.acting_for)
    found = await queries.standing(actor, key, command)
    if not found.is_mini_app:
        raise ScopeMissing(scope=Scope.STORAGE_KEEP)  # clients outside, and what is switched off, have none
    if found.store_id is None:
        raise ConsentNeeded(scope=Scope.STORAGE_KEEP)
    if found.digest is not None and not seal.same(found.digest, digest):
        raise KeyReused
    return found
