"""Keys: one data key per party and retention class.  To erase what a party may erase, destroy its key."""

import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
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
    """Return the keys of several parties in at most two statements; missing ones are made.

    Raises: PartyErased when any of them was destroyed.
    """
    found = await existing_keys(party_ids, retention)
    missing = sorted(set(party_ids) - found.keys())
    if missing:
        made = await _make([(party_id, retention) for party_id in missing])
        found |= {party_id: key for (party_id, _), key in made.items()}
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


def columns(party: str) -> str:
    """Return columns for a caller's own statement: the wrapped keys of the party that `party` names in SQL.

    NULL stands for a key that is destroyed or was never made; `take` tells one from the other.
    """
    one = "(SELECT wrapped FROM party_key WHERE party_id = {} AND retention = '{}') AS {}_key"
    return ", ".join(one.format(party, retention, retention) for retention in Retention)


async def take(party_id: Id, row: Mapping[str, bytes | None]) -> None:
    """Remember the keys that a statement read by `columns`; missing ones are made, all by one statement.

    Raises: PartyErased when one was destroyed.
    """
    missing = [each for each in Retention if unwrapped(party_id, each, row[f"{each}_key"]) is None]
    if missing and None in (await _make([(party_id, each) for each in missing])).values():
        raise PartyErased


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


async def _make(wanted: Sequence[tuple[Id, Retention]]) -> dict[tuple[Id, Retention], bytes | None]:
    """Store a fresh key for each of `wanted` and return it; what is there already stays, None if destroyed.

    Of two makers at once the second waits for the first and gets his: only a row that is written is returned.
    """
    rows = await fetch(
        "INSERT INTO party_key (id, party_id, retention, wrapped, created_at)"
        " SELECT i, p, r, w, now() FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::bytea[])"
        " AS made (i, p, r, w)"
        " ON CONFLICT (party_id, retention) DO UPDATE SET retention = excluded.retention"
        " RETURNING party_id, retention, wrapped",
        [new_id() for _ in wanted], [party_id for party_id, _ in wanted],
        [retention.value for _, retention in wanted],
        [wrap(new_key(), aad=_aad(party_id, retention)) for party_id, retention in wanted],
    )  # fmt: skip
    made = ((Id(str(row["party_id"])), Retention(row["retention"]), row["wrapped"]) for row in rows)
    return {(party_id, kept): _open(party_id, kept, wrapped) for party_id, kept, wrapped in made}


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
