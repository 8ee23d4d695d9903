"""Which addresses are called: one gate for every call to where others say."""

import asyncio
import socket
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

Address = IPv4Address | IPv6Address

USUAL = {"https": 443, "http": 80}
LONGEST = 2_000  # characters of an address; developers write them, and those read are remembered

CLOSED: tuple[IPv4Network | IPv6Network, ...] = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "168.63.129.16/32", "169.254.0.0/16",
        "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24",
        "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24",
        "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        "::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64",
        "2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20", "5f00::/16",
        "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
    )
)  # fmt: skip
"""Whatever is no machine on the public internet (RFC 6890), what hides such an address in another, and the
public one by which a cloud tells its machines of themselves."""

ISATAP = (0x00005EFE, 0x02005EFE)  # before an IPv4 address in the last half of an IPv6 one (RFC 5214)

_ports: frozenset[int] = frozenset({443})


class OutgoingRefused(Exception):
    """The address is not one that we call."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a call goes."""

    scheme: str
    host: str
    port: int
    path: str  # with its query; never empty
    netloc: str  # as the header Host has it


def configure(ports: Collection[int]) -> None:
    """Tell this process which ports are called besides this machine's own."""
    global _ports
    _ports = frozenset(ports)


@lru_cache(maxsize=4096)
def place_of(url: str) -> Place:
    """Return where an address leads.

    Raises: OutgoingRefused when it is none that we read: no http(s), a name and password, odd characters, or
        too many.
    """
    if len(url) > LONGEST:
        raise OutgoingRefused(f"an address has {LONGEST:,} characters at most")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise OutgoingRefused("this is no address") from None
    usual = USUAL.get(parts.scheme)
    if usual is None or not parts.hostname or "@" in parts.netloc:
        raise OutgoingRefused("only https is called, without a name and password")
    if not url.isascii() or any(mark <= " " or mark in '\\"<>^`{|}\x7f' for mark in url):
        raise OutgoingRefused("the address has characters that belong into none")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Place(parts.scheme, parts.hostname, usual if port is None else port, path, parts.netloc.lower())


async def reach(place: Place, *, loopback: bool = False) -> str:
    """Return the address to connect to, all of the host's having been checked.

    With `loopback`, for development, it may be on this very machine, and then without TLS.
    Raises: OutgoingRefused; OSError when nobody knows the host.
    """
    found = await asyncio.get_running_loop().getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
    addresses = [ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    check(addresses, scheme=place.scheme, port=place.port, loopback=loopback)
    return str(addresses[0])


def check(addresses: Sequence[Address], *, scheme: str, loopback: bool, port: int = 443) -> None:
    """Check all addresses of a host.

    Raises: OutgoingRefused when one of them is closed, or scheme or port are not those that are called.
    """
    here = loopback and bool(addresses) and all(address.is_loopback for address in addresses)
    if here and scheme in USUAL:
        return
    if scheme != "https":
        raise OutgoingRefused("only https is called")
    if port not in _ports:
        raise OutgoingRefused(f"port {port} is not called")
    if not addresses or any(_is_closed(address) for address in addresses):
        raise OutgoingRefused("the address is not on the public internet")


def _is_closed(address: Address) -> bool:
    hides = address.version == 6 and (int(address) >> 32 & 0xFFFFFFFF) in ISATAP
    return hides or any(address in network for network in CLOSED)
