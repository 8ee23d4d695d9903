"""One caller's haste costs nobody else, and is told when to come back."""

import pytest

from api.graphql import documents
from api.http import quota
from banshi.errors import RateLimited
from identity import verdicts
from identity.actor import ANONYMOUS
from storage import clock

QUERY = {"query": "{ viewer { level } }"}
HOME = {"documentId": next(each.id for each in documents.listed(documents.FOLDER / "manifest.json"))}


async def test_too_many_requests_of_one_person_are_refused_and_no_others(client, sign_in, monkeypatch):
    monkeypatch.setattr(quota, "PERSON_BURST", 3)
    monkeypatch.setattr(quota, "PERSON_PER_S", 0.1)
    hasty, other = [{"authorization": f"Bearer {await sign_in(who)}"} for who in ("wang_fang", "wu_gang")]

    answers = [await client.post("/graphql", json=QUERY, headers=hasty) for _ in range(4)]
    calm = await client.post("/graphql", json=QUERY, headers=other)

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[-1].json()["errors"][0]["extensions"]["code"] == "RATE_LIMITED"
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 10
    assert calm.status_code == 200


async def test_visitors_are_counted_by_address(client, monkeypatch):
    monkeypatch.setattr(quota, "ADDRESS_BURST", 2)
    monkeypatch.setattr(quota, "ADDRESS_PER_S", 0.1)
    visit = {"query": "{ miniApps(first: 1) { edges { cursor } } }"}

    answers = [await client.post("/graphql", json=visit) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]


async def test_visitors_with_addresses_to_choose_from_are_counted_by_their_network(client, monkeypatch):
    monkeypatch.setattr(quota, "ADDRESS_BURST", 2)
    monkeypatch.setattr(quota, "ADDRESS_PER_S", 0.1)

    for address in ("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", "2001:db8:0:2::1"):
        await quota.count(ANONYMOUS, address)

    with pytest.raises(RateLimited):
        await quota.count(ANONYMOUS, "2001:db8:0:1:aaaa::3")


@pytest.mark.parametrize("asked", [QUERY, HOME], ids=["text", "document"])
async def test_who_tries_tokens_is_refused_before_the_database_is_asked(client, db, monkeypatch, asked):
    monkeypatch.setattr(quota, "ADDRESS_BURST", 2)
    monkeypatch.setattr(quota, "ADDRESS_PER_S", 0.1)
    statuses, looked = [], []

    for number in range(4):
        db.clear()
        headers = {"authorization": f"Bearer s{number:064x}"}
        answer = await client.post("/graphql", json=asked, headers=headers)
        statuses.append(answer.status_code)
        looked.append(any("FROM session" in statement for statement in db))

    assert statuses == [401, 401, 429, 429]
    assert looked == [True, True, False, False]


async def test_who_is_remembered_goes_on_while_others_at_his_address_try_tokens(client, sign_in, monkeypatch):
    monkeypatch.setattr(quota, "ADDRESS_BURST", 1)
    monkeypatch.setattr(quota, "ADDRESS_PER_S", 0.1)
    known = {"authorization": f"Bearer {await sign_in('wang_fang')}"}
    async with verdicts.remembered(clock.now) as listener:
        listener.back()
        first = await client.post("/graphql", json=QUERY, headers=known)
        for number in range(3):
            tried = await client.post(
                "/graphql", json=QUERY, headers={"authorization": f"Bearer s{number:064x}"}
            )
        again = await client.post("/graphql", json=QUERY, headers=known)

    assert [answer.status_code for answer in (first, tried, again)] == [200, 429, 200]
