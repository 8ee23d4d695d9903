"""Questions that come again, while something goes wrong."""

import asyncio
import gc
import json
import socket
import struct
import weakref
from typing import Any

import pytest

from api.graphql.plan.again import Begun
from api.graphql.plan.runtime import compression
from api.graphql.plan.runtime.slots import Slot, Unavailable
from api.http import asked as asked_module
from api.http import hot
from api.http.lane import Lane
from identity import audit
from storage import clock
from tests.api.answerer import ASKED
from tests.api.lane.again import looks_of, often, signed_in
from tests.api.lane.served import asking
from tests.identity.factories import WANG

pytestmark = pytest.mark.slow


def socket_of(writer: asyncio.StreamWriter) -> socket.socket:
    found = writer.get_extra_info("socket")
    return socket.socket(fileno=socket.dup(found.fileno()))


class TestTrouble:
    async def test_a_read_that_fails_is_answered_by_another_way(self, served, noted, monkeypatch):
        header, _ = await signed_in(WANG)
        async with served.open() as line:
            [*_, expected] = await often(line, asking(header), 4)
            begun = noted["begun"]
            fetch = Slot.fetch

            async def fails(self: Slot, text: str, arguments: Any) -> Any:
                monkeypatch.setattr(Slot, "fetch", fetch)
                raise Unavailable("out for lunch")

            monkeypatch.setattr(Slot, "fetch", fails)
            found = await often(line, asking(header), 2)

        assert noted["begun"] >= begun + 1
        assert [json.loads(body) for body in found] == [json.loads(expected)] * 2

    async def test_a_client_who_left_is_told_of_and_asked_for_no_more(
        self, served, noted, monkeypatch, capsys
    ):
        header, person_id = await signed_in(WANG)
        waits, go, fetch = asyncio.Event(), asyncio.Event(), Slot.fetch

        async def slowly(self: Slot, text: str, arguments: Any) -> Any:
            waits.set()
            await go.wait()
            return await fetch(self, text, arguments)

        async with served.open() as line:
            await often(line, asking(header), 4)
            assert audit._buffer is not None
            looks = len(audit._buffer._rows) + await looks_of(person_id)
            monkeypatch.setattr(Slot, "fetch", slowly)
            line.writer.write(asking(header))
            await waits.wait()
        while served.server.server_state.tasks:
            await asyncio.sleep(0.005)
        go.set()
        await asyncio.sleep(0.05)

        told = json.loads(capsys.readouterr().out.splitlines()[-1])
        assert (told["status"], told["route"]) == (hot.CLIENT_GONE, "/graphql")
        assert len(audit._buffer._rows) + await looks_of(person_id) == looks

    async def test_what_comes_meanwhile_waits_its_turn(self, served, noted, monkeypatch):
        header, _ = await signed_in(WANG)
        fetch = Slot.fetch

        async def slowly(self: Slot, text: str, arguments: Any) -> Any:
            await asyncio.sleep(0.02)
            return await fetch(self, text, arguments)

        async with served.open() as line:
            [*_, expected] = await often(line, asking(header), 4)
            monkeypatch.setattr(Slot, "fetch", slowly)
            line.writer.write(asking(header))
            await asyncio.sleep(0.005)
            line.writer.write(asking(asked={"query": "{ __typename }"}) + asking(header))
            bodies = [(await line.answer())[1] for _ in range(3)]

        assert bodies[0] == bodies[2] == expected and b"Query" in bodies[1]

    async def test_a_server_that_ends_does_not_hang_on_a_read(self, served, noted, monkeypatch):
        header, _ = await signed_in(WANG)
        waits = asyncio.Event()

        async def never(self: Slot, text: str, arguments: Any) -> Any:
            waits.set()
            await asyncio.sleep(60)

        async with served.open() as line:
            await often(line, asking(header), 4)
            monkeypatch.setattr(Slot, "fetch", never)
            line.writer.write(asking(header))
            await waits.wait()
            served.server.should_exit = True
            received = await line.reader.read()

        assert received.startswith(b"HTTP/1.1 500 ") and b"connection: close" in received

    async def test_a_bug_at_the_end_is_an_error_and_no_silence(self, served, noted, monkeypatch):
        header, _ = await signed_in(WANG)
        async with served.open() as line:
            await often(line, asking(header), 4)

            def bug(self: Begun) -> None:
                raise ZeroDivisionError

            monkeypatch.setattr(Begun, "end", bug)
            line.writer.write(asking(header))
            received = await line.reader.read()

        assert received.startswith(b"HTTP/1.1 500 ")

    async def test_an_answer_that_cannot_be_squeezed_goes_the_ordinary_way(self, served, noted, monkeypatch):
        monkeypatch.setattr(compression, "WORTH", 10)
        header, _ = await signed_in(WANG)
        asked = asking(header, b"accept-encoding: gzip")
        async with served.open() as line:
            await often(line, asked, 4)
            begun = noted["begun"]
            left = [MemoryError()]

            def gzip(parts: Any) -> bytes:
                if left:
                    raise left.pop()
                return compression.gzip(parts)

            monkeypatch.setitem(asked_module.ENCODERS, "gzip", gzip)
            [body] = await often(line, asked, 1)

        assert noted["begun"] == begun + 1 and not left
        assert b"recentCases" in body  # as it is: the ordinary way finds it too short

    async def test_one_who_cannot_be_looked_up_is_left_to_the_ordinary_way(self, served, noted, monkeypatch):
        header, _ = await signed_in(WANG)
        async with served.open() as line:
            [*_, expected] = await often(line, asking(header), 4)
            begun, real = noted["begun"], clock.at_hand
            left = [RuntimeError()]

            def at_hand() -> Any:
                if left:
                    raise left.pop()
                return real()

            monkeypatch.setattr(clock, "at_hand", at_hand)
            assert await often(line, asking(header), 1) == [expected]

        assert noted["begun"] == begun and not left

    async def test_a_connection_that_is_reset_is_let_go(self, served, noted, monkeypatch, capsys):
        header, _ = await signed_in(WANG)
        waits, go = asyncio.Event(), asyncio.Event()
        made: list[weakref.ref[Lane]] = []
        connected = Lane.connection_made

        async def slowly(self: Slot, text: str, arguments: Any) -> Any:
            waits.set()
            await go.wait()
            raise Unavailable("nobody wants it")

        def noting(self: Lane, transport: Any) -> None:
            made.append(weakref.ref(self))
            connected(self, transport)

        monkeypatch.setattr(Lane, "connection_made", noting)
        async with served.open() as line:
            await often(line, asking(header), 4)
            monkeypatch.setattr(Slot, "fetch", slowly)
            line.writer.write(asking(header))
            await waits.wait()
            with socket_of(line.writer) as own:
                own.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            line.writer.transport.abort()
        go.set()
        async with asyncio.timeout(5):
            while any(each() is not None for each in made):
                gc.collect()
                await asyncio.sleep(0.02)
        assert json.loads(capsys.readouterr().out.splitlines()[-1])["status"] == hot.CLIENT_GONE

    async def test_bodies_are_remembered_up_to_a_bound(self, served, noted, monkeypatch):
        monkeypatch.setattr(hot, "REMEMBERED", 3)
        header, _ = await signed_in(WANG)
        way = served.server.config.loaded_app.asgi_handler.hot
        regions = [f"3301{number:02}" for number in (2, 3, 5, 6, 8)]
        async with served.open() as line:
            for region in regions:
                asked = {**ASKED, "variables": {"region": region, "target": "PERSON"}}
                await often(line, asking(header, asked=asked), 3)
            padded = json.dumps(ASKED).encode() + b" " * hot.LONGEST
            await often(line, asking(header, asked=padded), 3)

        assert len(way._known) == 3
        assert all(len(body) <= hot.LONGEST for body in way._known)
