"""Whose address a request comes from: only configured proxies are believed."""

import pytest
from msgspec.structs import replace

from api.http.address import client_address, networks
from api.http.edge import Edge
from identity import accounts
from identity.sandbox import CITIZENS
from identity.settings import SignInSettings
from storage import limits
from storage.queue import redis

PROXIES = networks(["10.0.0.0/8", "fd00::/8"])


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("203.0.113.9", "", "203.0.113.9"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "198.51.100.1, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("10.0.0.1", "198.51.100.1, nonsense", "10.0.0.1"),
        ("10.0.0.1", "nonsense, 203.0.113.9", "203.0.113.9"),
        ("::ffff:10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("fd00::1", "2001:db8::1", "2001:db8::1"),
        ("unknown", "203.0.113.9", "unknown"),
    ],
)
def test_the_client_is_the_first_hop_that_is_no_proxy_of_ours(peer, forwarded, expected):
    assert client_address(peer, forwarded, PROXIES) == expected


def test_without_proxies_nobody_is_believed():
    assert client_address("127.0.0.1", "203.0.113.9", networks([])) == "127.0.0.1"


async def test_two_forwarding_headers_are_read_as_one():
    seen = []

    async def app(scope, receive, send):
        seen.append(scope["state"]["address"])

    headers = [(b"x-forwarded-for", b"1.1.1.1"), (b"x-forwarded-for", b"2.2.2.2")]
    edge = Edge(app, trusted=networks(["127.0.0.1/32", "2.2.2.2/32"]), https=False)

    await edge(
        {"type": "http", "method": "GET", "path": "/", "headers": headers, "client": ("127.0.0.1", 1)},
        None,
        None,
    )

    assert seen == ["1.1.1.1"]


@pytest.fixture
def few_tries():
    """Three tries from one address, and no more for a long time."""
    accounts.configure(SignInSettings(address_capacity=3, address_per_s=1e-6))
    limits.forget()
    yield
    accounts.configure(SignInSettings())
    limits.forget()


async def tries_until_refused(client, headers):
    for number, persona in enumerate(CITIZENS):
        form = {"method": "face", "id_number": persona.number, "name": "无此人", "face": "ok"}
        answer = await client.post("/session", json=form, headers=headers(number))
        if answer.status_code == 429:
            return number
        assert answer.status_code in (401, 503)
    return None


@pytest.fixture
async def emptied(client):
    """Valkey without the buckets of other tests, which share it."""
    await redis().flushdb()


async def test_spoofed_addresses_give_no_extra_tries(client, few_tries, emptied):
    tries = await tries_until_refused(client, lambda n: {"x-forwarded-for": f"198.51.100.{n}"})

    assert tries == 3


class TestBehindAProxy:
    @pytest.fixture
    def settings(self, settings):
        return replace(settings, trusted_proxies=("127.0.0.0/8",))

    async def test_each_client_has_tries_of_its_own(self, client, few_tries, emptied):
        tries = await tries_until_refused(client, lambda n: {"x-forwarded-for": f"198.51.100.{n}"})

        assert tries is None

    async def test_what_a_client_claims_before_the_proxy_gives_no_extra_tries(
        self, client, few_tries, emptied
    ):
        tries = await tries_until_refused(
            client, lambda n: {"x-forwarded-for": f"198.51.100.{n}, 203.0.113.9"}
        )

        assert tries == 3
