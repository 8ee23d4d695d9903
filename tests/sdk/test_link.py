"""A program's connection to the platform ends in time, whatever the platform does."""

import asyncio
import time

from websockets.asyncio.server import ServerConnection, serve

from banshi import MiniApp
from banshi.serving import _link
from banshi.serving._link import Link
from tests.sdk.conftest import TEXT

READY = '{"type":"ready","issuer":"http://a.example","audience":"rent-app"}'


def test_a_program_ends_before_it_is_commonly_killed():
    assert _link.GRACE_S + _link.CLOSE_S < 10


async def test_a_goodbye_that_nobody_answers_is_given_up(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "miniapp.yaml").write_text(TEXT)
    server = MiniApp.from_manifest(tmp_path / "miniapp.yaml").asgi()
    monkeypatch.setattr(_link, "GRACE_S", 0.3)
    monkeypatch.setattr(_link, "CLOSE_S", 0.3)
    over = asyncio.Event()

    async def fall_silent(socket: ServerConnection) -> None:
        await socket.recv()
        await socket.send(READY)
        socket.transport.pause_reading()
        await over.wait()

    async with serve(fall_silent, "127.0.0.1", 0) as platform:
        port = next(iter(platform.sockets)).getsockname()[1]
        link = Link(server, platform=f"http://127.0.0.1:{port}", credential="a:b")
        running = asyncio.create_task(link.run())
        await asyncio.wait_for(link.connected.wait(), 10)
        began = time.monotonic()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        took = time.monotonic() - began
        over.set()
        for socket in platform.connections:
            socket.transport.abort()

    assert 0.3 <= took < 5
