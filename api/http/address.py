"""Whose address a request comes from, believing only the proxies we were told of."""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Read CIDR networks, e.g. `10.0.0.0/8`; raises ValueError."""
    return tuple(ip_network(text) for text in texts)


def client_address(peer: str, forwarded: str, trusted: Sequence[Network]) -> str:
    """Return the address to count tries against.

    `peer` is who opened the connection, `forwarded` the header X-Forwarded-For (leftmost: claimed
    client; each proxy appends who spoke to it).  Read from the right, it is the first hop that is
    not one of our `trusted` proxies; what stands left of it is that hop's own claim and never read.
    """
    hops = [hop.strip() for hop in forwarded.split(",")] if forwarded else []
    believed = peer
    while _is_trusted(believed, trusted) and hops:
        claimed = _read(hops.pop())
        if claimed is None:
            break
        believed = str(claimed)
    return believed


def _is_trusted(address: str, trusted: Sequence[Network]) -> bool:
    known = _read(address)
    return known is not None and any(known in network for network in trusted)


def _read(text: str) -> Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)
    return mapped or address
