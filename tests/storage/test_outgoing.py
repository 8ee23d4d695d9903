"""Where we call when others say where: the public internet, and this machine in development."""

import asyncio
from contextlib import asynccontextmanager
from ipaddress import ip_address

import pytest

from storage import outgoing
from storage.outgoing import Lines, NotSent, OutgoingRefused, check, place_of

CLOSED = (
    # this machine, private networks, carriers, links, clouds that tell of themselves
    "127.0.0.1", "127.255.255.254", "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255",
    "192.168.0.1", "192.168.255.255", "169.254.0.1", "169.254.169.254", "169.254.170.2", "100.64.0.1",
    "100.100.100.200", "100.127.255.255", "168.63.129.16", "192.0.0.8", "192.0.0.192", "0.0.0.0", "0.1.2.3",
    # for tests and papers, many at once, nobody's
    "192.0.2.1", "198.51.100.7", "203.0.113.9", "198.18.0.1", "198.19.255.255", "192.31.196.1",
    "192.52.193.1", "192.175.48.6", "192.88.99.1", "224.0.0.1", "239.255.255.250", "240.0.0.1",
    "255.255.255.255",
    # the same of IPv6
    "::", "::1", "fe80::1", "febf::1", "fec0::1", "fc00::1", "fd00:ec2::254", "fdff::1", "ff02::1", "ff0e::1",
    "2001:db8::1", "3fff::1", "5f00::1", "100::1", "2001::1", "2001:10::1", "2001:20::1", "2620:4f:8000::1",
    # addresses of IPv4 inside those of IPv6
    "::7f00:1", "::a9fe:a9fe", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254",
    "::ffff:0:7f00:1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::7f00:1", "2002:7f00:1::",
    "2002:a9fe:a9fe::1", "2002:c0a8:1::1", "2606:2800:220::5efe:7f00:1", "2606:2800:220:0:200:5efe:a9fe:a9fe",
)  # fmt: skip
SPELT = (
    "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001", "localhost",
    "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:0:0:1]", "[::127.0.0.1]", "[::]", "0",
    "0.0.0.0", "127.0.0.1.", "127.127.127.127",
)  # fmt: skip


def test_at_least_sixty_addresses_are_tried():
    assert len(set(CLOSED)) >= 60


@pytest.mark.parametrize("address", CLOSED)
def test_no_address_but_public_ones_is_called(address):
    with pytest.raises(OutgoingRefused):
        check([ip_address("93.184.216.34"), ip_address(address)], scheme="https", loopback=False)


def test_public_addresses_are_called_by_https():
    check([ip_address("93.184.216.34"), ip_address("2606:2800:220::1")], scheme="https", loopback=False)
    with pytest.raises(OutgoingRefused):
        check([ip_address("93.184.216.34")], scheme="http", loopback=True)
    with pytest.raises(OutgoingRefused):
        check([], scheme="https", loopback=False)
    with pytest.raises(OutgoingRefused):
        check([ip_address("93.184.216.34")], scheme="https", port=22, loopback=False)


def test_another_port_is_called_where_the_platform_says_so():
    outgoing.configure({443, 8443})
    try:
        check([ip_address("93.184.216.34")], scheme="https", port=8443, loopback=False)
    finally:
        outgoing.configure({443})


def test_this_machine_is_called_in_development_only():
    check([ip_address("127.0.0.1")], scheme="http", port=8001, loopback=True)
    with pytest.raises(OutgoingRefused):
        check([ip_address("127.0.0.1")], scheme="http", loopback=False)
    with pytest.raises(OutgoingRefused):
        check([ip_address("127.0.0.1"), ip_address("10.0.0.1")], scheme="http", loopback=True)
    with pytest.raises(OutgoingRefused):
        check([ip_address("127.0.0.1")], scheme="ftp", loopback=True)


@pytest.mark.parametrize(
    "url",
    ["ftp://a.example/", "//a.example", "https://", "https://u:p@a.example/", "https://a.example:99999/",
     "https://a.example/\r\nx: y", "https://a.example/ x", "https://a\u3002example/", "file:///etc/passwd",
     "gopher://127.0.0.1:6379/_", "https://[::1", "unix:/run/redis"],
)  # fmt: skip
def test_what_is_no_plain_address_is_not_read(url):
    with pytest.raises(OutgoingRefused):
        place_of(url)


def test_a_long_address_is_not_read_and_not_remembered():
    place_of.cache_clear()
    longest = "https://a.example/".ljust(2_000, "a")

    assert place_of(longest).path == "/".ljust(2_000 - len("https://a.example"), "a")
    for url in (f"{longest}a", longest * 1_000):
        with pytest.raises(OutgoingRefused):
            place_of(url)
    assert place_of.cache_info().currsize == 1


@asynccontextmanager
async def canary():
    """A listener on this machine; its list tells who reached it."""
    reached: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reached.append(await reader.read(1))
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1], reached


async def test_no_spelling_of_this_machine_reaches_it():
    lines = Lines(most_bytes=1000)
    async with canary() as (port, reached):
        for host in SPELT:
            for url in (f"https://{host}:{port}/", f"http://{host}:{port}/", f"https://{host}/"):
                with pytest.raises((OutgoingRefused, OSError)):
                    await outgoing.post(url, b"", {})
                with pytest.raises((OutgoingRefused, OSError)):
                    await lines.post(place_of(url), "/", {}, b"", patience_s=9)
        await asyncio.sleep(0)

    assert reached == []


async def test_a_name_that_changes_its_mind_leads_nowhere_else(monkeypatch):
    loop, asked, connected = asyncio.get_running_loop(), [], []
    answers = iter([["93.184.216.34"], ["127.0.0.1"], ["93.184.216.34", "10.0.0.1"]])

    async def resolved(host, port, **_):
        asked.append(host)
        return [(2, 1, 6, "", (address, port)) for address in next(answers)]

    async def connect(factory, address, port, **rest):
        connected.append((address, rest["server_hostname"]))
        raise ConnectionRefusedError

    monkeypatch.setattr(loop, "getaddrinfo", resolved)
    monkeypatch.setattr(loop, "create_connection", connect)
    lines, place = Lines(most_bytes=1000), place_of("https://rebound.example/")
    with pytest.raises(NotSent):
        await lines.post(place, "/", {}, b"", patience_s=9)
    for _ in range(2):
        with pytest.raises(OutgoingRefused):
            await lines.post(place, "/", {}, b"", patience_s=9)

    assert connected == [("93.184.216.34", "rebound.example")], "asked once, connected to what was checked"
    assert len(asked) == 3


async def test_nothing_is_followed_and_only_so_much_is_read():
    lengths: list[int] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 302 X\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 9000000\r\n\r\n")
        sent = 0
        try:
            while sent < 9_000_000:
                writer.write(b"x" * 65536)
                await writer.drain()
                sent += 65536
        except OSError:
            pass
        lengths.append(sent)
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        status = await outgoing.post(f"http://127.0.0.1:{port}/", b"", {}, loopback=True)
        await asyncio.sleep(0.1)

    assert status == 302
    assert lengths[0] < 9_000_000


async def test_nobody_there_is_an_error_that_may_pass():
    with pytest.raises(OSError):
        await outgoing.post("http://127.0.0.1:1/", b"", {}, loopback=True)
