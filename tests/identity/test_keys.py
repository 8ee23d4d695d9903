"""Keys of parties: one per retention class, and gone when destroyed."""

import asyncio

import pytest

from identity import keys
from identity.errors import PartyErased
from identity.keys import Retention
from storage.db import execute, fetch, transaction
from storage.ids import new_id
from storage.seal import Tampered, open_, seal


async def test_key_is_made_once_and_is_another_for_each_party_and_class(db):
    party, other = new_id(), new_id()

    made = await keys.data_key(party, Retention.CITIZEN)
    keys.forget(party)

    assert await keys.data_key(party, Retention.CITIZEN) == made
    assert await keys.data_key(party, Retention.ARCHIVE) != made
    assert await keys.data_key(other, Retention.CITIZEN) != made


async def test_two_first_uses_at_once_agree_on_the_key(db):
    party = new_id()

    found = await asyncio.gather(*(keys.data_key(party, Retention.CITIZEN) for _ in range(5)))

    assert len(set(found)) == 1


async def test_known_key_costs_no_statement(db):
    party = new_id()
    await keys.data_key(party, Retention.CITIZEN)
    db.clear()

    await keys.data_key(party, Retention.CITIZEN)

    assert db == []


async def test_keys_of_many_parties_cost_one_statement(db):
    parties = [new_id() for _ in range(20)]
    await keys.data_keys(parties, Retention.CITIZEN)
    for party in parties:
        keys.forget(party)
    db.clear()

    found = await keys.data_keys(parties, Retention.CITIZEN)

    assert len(found) == 20
    assert len(db) == 1


async def read(party):
    [row] = await fetch(f"SELECT {keys.columns('$1')}", party)
    return row


async def test_missing_keys_of_both_classes_are_made_by_one_statement(db):
    party = new_id()
    row = await read(party)
    db.clear()

    await keys.take(party, row)
    assert len(db) == 1
    found = [await keys.data_key(party, retention) for retention in Retention]
    assert len(db) == 1

    keys.forget(party)
    await keys.take(party, await read(party))
    db.clear()
    assert [await keys.data_key(party, retention) for retention in Retention] == found
    assert db == []


async def test_who_takes_keys_as_another_makes_them_gets_the_other_s(db):
    party = new_id()
    row = await read(party)
    made = await keys.data_key(party, Retention.ARCHIVE)
    keys.forget(party)

    await keys.take(party, row)

    assert await keys.data_key(party, Retention.ARCHIVE) == made
    assert len(await fetch("SELECT FROM party_key WHERE party_id = $1", party)) == 2


async def test_a_destroyed_key_is_not_taken_and_not_made_anew(db):
    party = new_id()
    await keys.destroy(party, Retention.CITIZEN)

    with pytest.raises(PartyErased):
        await keys.take(party, await read(party))

    [kept] = await fetch("SELECT wrapped FROM party_key WHERE party_id = $1 AND retention = 'citizen'", party)
    assert kept["wrapped"] is None


async def test_key_of_a_transaction_that_failed_is_not_remembered(db):
    party = new_id()
    with pytest.raises(ZeroDivisionError):
        async with transaction():
            lost = await keys.data_key(party, Retention.CITIZEN)
            raise ZeroDivisionError

    assert await keys.data_key(party, Retention.CITIZEN) != lost


async def test_destroyed_key_stays_destroyed_and_spares_the_other_class(db):
    party = new_id()
    await keys.data_key(party, Retention.CITIZEN)
    archive = await keys.data_key(party, Retention.ARCHIVE)

    await keys.destroy(party, Retention.CITIZEN)
    await keys.destroy(party, Retention.CITIZEN)

    with pytest.raises(PartyErased):
        await keys.data_key(party, Retention.CITIZEN)
    assert await keys.data_key(party, Retention.ARCHIVE) == archive
    kept = await fetch("SELECT retention FROM party_key WHERE wrapped IS NOT NULL")
    assert kept == [{"retention": "archive"}]


async def test_party_that_never_had_a_key_can_be_destroyed(db):
    party = new_id()

    await keys.destroy(party, Retention.CITIZEN)

    with pytest.raises(PartyErased):
        await keys.data_key(party, Retention.CITIZEN)


async def test_memory_of_keys_is_bounded_and_short(db, monkeypatch):
    keys._cache.clear()
    monkeypatch.setattr(keys, "CACHE_KEYS", 2)
    monkeypatch.setattr(keys, "CACHE_S", -1.0)
    parties = [new_id() for _ in range(4)]
    for party in parties:
        await keys.data_key(party, Retention.CITIZEN)
    db.clear()

    await keys.data_key(parties[-1], Retention.CITIZEN)

    assert len(db) == 1
    assert len(keys._cache) <= 2


async def test_wrapped_key_moved_to_another_party_does_not_open(db):
    party, thief = new_id(), new_id()
    key = await keys.data_key(party, Retention.CITIZEN)
    sealed = seal(b"secret", key, aad=b"")
    await keys.data_key(thief, Retention.CITIZEN)
    await execute(
        "UPDATE party_key SET wrapped = (SELECT wrapped FROM party_key WHERE party_id = $1)"
        " WHERE party_id = $2",
        party,
        thief,
    )
    keys.forget(thief)

    with pytest.raises(Tampered):
        await keys.data_key(thief, Retention.CITIZEN)
    assert open_(sealed, key, aad=b"") == b"secret"
