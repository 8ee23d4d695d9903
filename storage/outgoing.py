"""Calls to addresses that others gave us: only to the public internet, and no further than they said.

A name is resolved once, every address it has is checked, and the connection goes to the one that was
checked; so a name that answers differently a second later leads nowhere else.  Nothing is followed.
"""

import asyncio
import socket
from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

import httpx

TIMEOUT_S = 10.0  # for the whole call
MOST_BYTES = 64 * 1024  # of an answer; what comes after is not read
PORTS = {"https": 443, "http": 80}

CLOSED: tuple[IPv4Network | IPv6Network, ...] = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
        "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24",
        "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4",
        "::/96", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23",
        "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10",
        "fec0::/10", "ff00::/8",
    )
)  # fmt: skip
"""Whatever is no machine on the public internet (RFC 6890), and what hides such an address in another."""


class OutgoingRefused(Exception):
    """The address is not one that we call."""


async def post(url: str, body: bytes, headers: Mapping[str, str], *, loopback: bool = False) -> int:
    """Send `body` and return the status of the answer.

    With `loopback`, for development, the address may be on this very machine, and then without TLS.
    Raises: OutgoingRefused; OSError when nobody answers in time.
    """
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or PORTS.get(parts.scheme, 0)
    try:
        async with asyncio.timeout(TIMEOUT_S):
            address = await _address(host, port, scheme=parts.scheme, loopback=loopback)
            return await _post(url, address, body, headers)
    except httpx.HTTPError as error:
        raise ConnectionError(f"{host}: {type(error).__name__}") from error


async def _address(host: str, port: int, *, scheme: str, loopback: bool) -> str:
    """Return the address to connect to, all of the host's having been checked."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    check(addresses, scheme=scheme, loopback=loopback)
    return str(addresses[0])


def check(addresses: Sequence[IPv4Address | IPv6Address], *, scheme: str, loopback: bool) -> None:
    """Check all addresses of a host.

    Raises: OutgoingRefused when one of them is closed, or the scheme is not https.
    """
    here = loopback and bool(addresses) and all(address.is_loopback for address in addresses)
    if here and scheme in PORTS:
        return
    if scheme != "https":
        raise OutgoingRefused("only https is called")
    if not addresses or any(address in network for address in addresses for network in CLOSED):
        raise OutgoingRefused("the address is not on the public internet")


async def _post(url: str, address: str, body: bytes, headers: Mapping[str, str]) -> int:
    """Send to `address` what is meant for the host of `url`, whose certificate is asked for."""
    asked = httpx.URL(url)
    sent = {**headers, "host": asked.netloc.decode()}
    async with (
        httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=TIMEOUT_S) as client,
        client.stream(
            "POST", asked.copy_with(host=address), content=body, headers=sent,
            extensions={"sni_hostname": asked.host},
        ) as answer,
    ):  # fmt: skip
        read = 0
        async for piece in answer.aiter_raw():
            read += len(piece)
            if read > MOST_BYTES:
                break
        return answer.status_code
