"""Where we call when others say where: the public internet, and this machine in development."""

import asyncio
from contextlib import asynccontextmanager, suppress
from ipaddress import ip_address

import pytest

from storage import outgoing
from storage.outgoing import Lines, NotSent, OutgoingRefused, Unreadable, check, place_of
from storage.outgoing._lines import Line

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
                    await lines.post(place_of(url), "/", {}, b"")
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
        await lines.post(place, "/", {}, b"")
    for _ in range(2):
        with pytest.raises(OutgoingRefused):
            await lines.post(place, "/", {}, b"")

    assert connected == [("93.184.216.34", "rebound.example")], "asked once, connected to what was checked"
    assert len(asked) == 3


@asynccontextmanager
async def answering(*texts: bytes, ends: bool = False):
    """A server that answers each request on a connection by the next of `texts`; its list tells of them."""
    seen: list[bytes] = []
    served: list[asyncio.Task] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        served.append(asyncio.current_task())
        for text in texts:
            try:
                head = await reader.readuntil(b"\r\n\r\n")
            except asyncio.IncompleteReadError:
                break
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            seen.append(head + await reader.readexactly(length))
            writer.write(text)
        if not ends:
            await reader.read()
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/base", seen
    await asyncio.gather(*served, return_exceptions=True)


class NoTransport(asyncio.Transport):
    """A connection of which only what comes is looked at."""

    def write(self, data: bytes) -> None:
        """Drop it."""


OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"


LONG = b"HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n" + b"x" * 5000


async def asking(url: str, times: int = 1, *, most: int = 1000) -> list[outgoing.Reply]:
    lines, place = Lines(most_bytes=most), place_of(url)
    try:
        return [
            await lines.post(place, f"{place.path}/apis/x", {"x-a": "b"}, b"body", loopback=True)
            for _ in range(times)
        ]
    finally:
        lines.close()


async def test_a_connection_is_kept_and_used_again():
    async with answering(OK, b"HTTP/1.1 100 Continue\r\n\r\n" + OK, OK) as (url, seen):
        replies = await asking(url, 3)

    assert replies == [(200, b"{}")] * 3
    assert seen[0].startswith(b"POST /base/apis/x HTTP/1.1\r\nhost: 127.0.0.1:")
    assert seen[0].endswith(b"content-length: 4\r\nx-a: b\r\n\r\nbody")


@pytest.mark.parametrize(
    "text",
    [b"HTTP/1.1 200 OK\r\n\r\n[1]", b"HTTP/1.0 200 OK\r\n\r\n[1]",
     b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 3\r\n\r\n[1]"],
)  # fmt: skip
async def test_an_answer_may_end_with_its_connection(text):
    async with answering(text, ends=True) as (url, _):
        assert await asking(url, 2) == [(200, b"[1]")] * 2


@pytest.mark.parametrize(
    ("text", "error"),
    [(b"", ConnectionError), (b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{}", ConnectionError),
     (b"SSH-2.0-x\r\n", Unreadable), (LONG, Unreadable),
     (b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 9000, Unreadable),
     (b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n", Unreadable)],
    ids=["nothing", "half", "another protocol", "too long", "long head", "upgrade"],
)  # fmt: skip
async def test_what_is_no_answer_ends_the_connection(text, error):
    async with answering(text, ends=True) as (url, _):
        with pytest.raises(error):
            await asking(url)


async def test_an_answer_nobody_asked_for_is_nobodys():
    async with answering(OK + OK, OK) as (url, seen):
        assert await asking(url, 2) == [(200, b"{}")] * 2

    assert len(seen) == 2


async def test_no_header_brings_another_one():
    with pytest.raises(ValueError, match="line break"):
        await Lines(most_bytes=10).post(place_of("https://a.example/"), "/", {"x": "a\r\ny: b"}, b"")


async def test_a_path_brings_no_second_request():
    with pytest.raises(ValueError, match="line break"):
        await Lines(most_bytes=10).post(place_of("https://a.example/"), "/ HTTP/1.1\r\n\r\nGET /", {}, b"")


async def test_head_and_a_large_body_may_come_in_one_piece():
    body = b"x" * 200_000
    whole = b"HTTP/1.1 200 OK\r\ncontent-length: 200000\r\n\r\n" + body
    line = Line(most_bytes=len(body))
    line.connection_made(NoTransport())
    asked = line.ask(b"")
    line.data_received(whole)

    assert (await asked).body == body


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
    with pytest.raises(NotSent):
        await asking("http://127.0.0.1:1/")
