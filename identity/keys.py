"""Keys: one data key per party and retention class.  To erase what a party may erase, destroy its key."""

import time
from collections import OrderedDict
from collections.abc import Iterable
from enum import StrEnum
from uuid import UUID as Id

from piccolo.columns import UUID, Bytea, Timestamptz, Varchar
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from identity.errors import PartyErased
from storage.checks import one_of
from storage.db import DB, execute, fetch
from storage.ids import new_id
from storage.seal import new_key, unwrap, wrap


class Retention(StrEnum):
    """Who decides how long a thing is kept."""

    CITIZEN = "citizen"  # the citizen: it may be erased
    ARCHIVE = "archive"  # the archives law: it must be kept


class PartyKey(Table, db=DB, tablename="party_key"):
    """The data key of one party for one retention class, wrapped under the master key."""

    id = UUID(primary_key=True, default=new_id)
    party_id = UUID()
    retention = Varchar(10, choices=Retention)
    wrapped = Bytea(null=True, default=None)  # null once destroyed: the row stays, so no new key is made
    created_at = Timestamptz()
    destroyed_at = Timestamptz(null=True, default=None)

    party_key_once_per_retention = Unique([party_id, retention])
    party_key_is_whole_or_destroyed = Check("(wrapped IS NULL) = (destroyed_at IS NOT NULL)")
    party_key_retention_is_known = Check(one_of("retention", Retention))


CACHE_S = 30.0
"""For so long another process may still read what a destroyed key sealed."""
CACHE_KEYS = 4096

_cache: OrderedDict[tuple[Id, Retention], tuple[float, bytes]] = OrderedDict()


async def data_key(party_id: Id, retention: Retention) -> bytes:
    """Return the 32-byte key of this party for this class; made on first use.

    Raises: PartyErased when it was destroyed.
    """
    return (await data_keys([party_id], retention))[party_id]


async def data_keys(party_ids: Iterable[Id], retention: Retention) -> dict[Id, bytes]:
    """Return the keys of several parties in at most three statements; missing ones are made.

    Raises: PartyErased when any of them was destroyed.
    """
    found = await existing_keys(party_ids, retention)
    missing = sorted(set(party_ids) - found.keys())
    if missing:
        await _make(missing, retention)
        found |= await existing_keys(missing, retention)
    if any(found[party_id] is None for party_id in party_ids):
        raise PartyErased
    return {party_id: key for party_id, key in found.items() if key is not None}


async def existing_keys(party_ids: Iterable[Id], retention: Retention) -> dict[Id, bytes | None]:
    """Return the keys that exist; None stands for a destroyed one."""
    wanted = dict.fromkeys(party_ids)
    found: dict[Id, bytes | None] = {}
    for party_id in wanted:
        if (key := _cached(party_id, retention)) is not None:
            found[party_id] = key
    missing = [party_id for party_id in wanted if party_id not in found]
    if not missing:
        return found
    rows = await fetch(
        "SELECT party_id, wrapped FROM party_key WHERE party_id = ANY($1) AND retention = $2",
        missing, retention.value,
    )  # fmt: skip
    for row in rows:
        party_id = Id(str(row["party_id"]))
        found[party_id] = _open(party_id, retention, row["wrapped"])
    return found


def unwrapped(party_id: Id, retention: Retention, wrapped: bytes | None) -> bytes | None:
    """Return the key that a caller's own statement read along with what it seals; None when destroyed."""
    if wrapped is None:
        return None
    return _cached(party_id, retention) or _open(party_id, retention, wrapped)


async def destroy(party_id: Id, retention: Retention) -> None:
    """Destroy the key, and so everything it sealed, in the caller's transaction; twice is as once."""
    await execute(
        "INSERT INTO party_key (id, party_id, retention, wrapped, created_at, destroyed_at)"
        " VALUES ($1, $2, $3, NULL, now(), now())"
        " ON CONFLICT (party_id, retention) DO UPDATE"
        " SET wrapped = NULL, destroyed_at = coalesce(party_key.destroyed_at, now())",
        new_id(), party_id, retention.value,
    )  # fmt: skip
    forget(party_id)


def forget(party_id: Id) -> None:
    """Drop this party's keys from the memory of this process."""
    for retention in Retention:
        _cache.pop((party_id, retention), None)


async def _make(party_ids: list[Id], retention: Retention) -> None:
    """Store a fresh key for each party; of two makers at once the first wins and both read its key."""
    await execute(
        "INSERT INTO party_key (id, party_id, retention, wrapped, created_at)"
        " SELECT i, p, $3, w, now() FROM unnest($1::uuid[], $2::uuid[], $4::bytea[]) AS made (i, p, w)"
        " ON CONFLICT (party_id, retention) DO NOTHING",
        [new_id() for _ in party_ids], party_ids, retention.value,
        [wrap(new_key(), aad=_aad(party_id, retention)) for party_id in party_ids],
    )  # fmt: skip


def _open(party_id: Id, retention: Retention, wrapped: bytes | None) -> bytes | None:
    if wrapped is None:
        return None
    key = unwrap(wrapped, aad=_aad(party_id, retention))
    # A key seen inside a transaction may be rolled back with it; remembering it would seal rows with a
    # key that nobody has.
    if DB.current_transaction.get() is None:
        _remember(party_id, retention, key)
    return key


def _cached(party_id: Id, retention: Retention) -> bytes | None:
    until, key = _cache.get((party_id, retention), (0.0, b""))
    return key if until > time.monotonic() else None


def _remember(party_id: Id, retention: Retention, key: bytes) -> None:
    _cache[party_id, retention] = (time.monotonic() + CACHE_S, key)
    _cache.move_to_end((party_id, retention))
    if len(_cache) > CACHE_KEYS:
        _cache.popitem(last=False)


def _aad(party_id: Id, retention: Retention) -> bytes:
    return b"party_key\0" + party_id.bytes + retention.value.encode()
