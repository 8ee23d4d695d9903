"""Whose address a request comes from: only configured proxies are believed."""

import httpx
import pytest

from api.http.address import client_address, networks

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


async def test_two_forwarding_headers_are_read_as_one(client: httpx.AsyncClient, monkeypatch):
    seen = []
    monkeypatch.setattr("api.http.edge.client_address", lambda *given: seen.append(given) or given[0])

    await client.get("/healthz", headers=[("x-forwarded-for", "1.1.1.1"), ("x-forwarded-for", "2.2.2.2")])

    assert seen[0][:2] == ("127.0.0.1", "1.1.1.1, 2.2.2.2")
