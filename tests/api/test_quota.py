"""One caller's haste costs nobody else, and is told when to come back."""

import pytest

from api.http import quota
from banshi.errors import RateLimited
from identity.actor import ANONYMOUS

QUERY = {"query": "{ viewer { level } }"}


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
