"""Where we call when others say where: the public internet, and this machine in development."""

import asyncio
from ipaddress import ip_address

import pytest

from storage import outgoing
from storage.outgoing import OutgoingRefused, check

CLOSED = (
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "100.100.100.200",
    "0.0.0.0", "192.0.0.8", "198.18.0.1", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1",
    "ff02::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001::1", "2001:db8::1", "::7f00:1",
)  # fmt: skip


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


def test_this_machine_is_called_in_development_only():
    check([ip_address("127.0.0.1")], scheme="http", loopback=True)
    with pytest.raises(OutgoingRefused):
        check([ip_address("127.0.0.1")], scheme="http", loopback=False)
    with pytest.raises(OutgoingRefused):
        check([ip_address("127.0.0.1"), ip_address("10.0.0.1")], scheme="http", loopback=True)
    with pytest.raises(OutgoingRefused):
        check([ip_address("127.0.0.1")], scheme="ftp", loopback=True)


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f000001", "localhost"])
async def test_a_spelling_of_this_machine_is_this_machine(host):
    with pytest.raises(OutgoingRefused):
        await outgoing.post(f"https://{host}/", b"", {})


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
