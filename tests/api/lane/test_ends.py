"""What bounds the lane, and how what goes on in it ends."""

import asyncio
import gc
import json
import re

import pytest

from api.http import hot, lane, quota, report
from api.http.heads import Protocol
from api.http.lane import Lane
from storage import leases
from tests.api.answerer import BODY, UNREAD, edge_of
from tests.api.lane.served import Served, asking

pytestmark = pytest.mark.slow


class TestLimits:
    async def test_what_is_declined_is_counted_once_and_keeps_its_id(self, quick, plans, monkeypatch, capsys):
        monkeypatch.setattr(quota, "ADDRESS_BURST", 3)
        monkeypatch.setattr(quota, "ADDRESS_PER_S", 0.01)
        plans.parts = None
        async with leases.leasing(), quick.open() as line:
            heads = []
            for _ in range(5):
                line.writer.write(asking(asked={"documentId": UNREAD}))
                heads.append((await line.answer())[0])
            lines = [json.loads(each) for each in capsys.readouterr().out.splitlines() if '"request"' in each]

        assert [head.split()[1] for head in heads] == [b"200", b"200", b"200", b"429", b"429"]
        assert len(plans.asked) == 3
        ids = [re.search(rb"x-request-id: (\w+)", head)[1].decode() for head in heads]
        assert [each["request_id"] for each in lines] == ids
        assert [asked[2].request_id for asked in plans.asked] == ids[:3]

    async def test_a_bound_on_connections_closes_the_lane(self, bare, plans, taken):
        async with Served(bare._transport.app, Lane, limit_concurrency=1) as served:
            assert (await served.all_of(asking())).startswith(b"HTTP/1.1 503 ")
        assert taken == [False]

    async def test_without_a_short_way_there_is_no_lane(self, bare, plans, taken):
        edge_of(bare).hot = None
        async with Served(bare._transport.app, Lane) as served:
            assert b" 200 " in await served.all_of(asking(asked={"query": "{ __typename }"}))
        assert taken == [False]

    async def test_what_comes_too_early_is_bounded(self, quick, slow, monkeypatch):
        monkeypatch.setattr(lane, "MOST_BYTES", 1000)
        async with quick.open() as line:
            line.writer.write(asking())
            await slow.begun.wait()
            line.writer.write(b"a" * 1001)
            assert await line.reader.read() == b""
        assert slow.ended


class TestEnds:
    async def test_the_work_for_a_client_who_left_is_ended(self, quick, slow, capsys):
        async with quick.open() as line:
            line.writer.write(asking())
            await slow.begun.wait()
        while quick.server.server_state.tasks:
            await asyncio.sleep(0.005)

        assert slow.ended
        told = json.loads(capsys.readouterr().out.splitlines()[-1])
        assert (told["status"], told["route"], told["method"]) == (hot.CLIENT_GONE, "/graphql", "POST")
        assert quick.server.server_state.total_requests == 0

    async def test_who_leaves_before_he_is_known_is_counted_and_not_served(
        self, quick, plans, monkeypatch, capsys
    ):
        known, go, counted = asyncio.Event(), asyncio.Event(), []

        async def count(*_: object) -> None:
            known.set()
            await go.wait()
            counted.append(1)

        monkeypatch.setattr(quota, "count", count)
        async with quick.open() as line:
            line.writer.write(asking())
            await known.wait()
        await asyncio.sleep(0.05)
        go.set()
        while quick.server.server_state.tasks:
            await asyncio.sleep(0.005)

        assert (counted, plans.asked) == ([1], [])
        assert json.loads(capsys.readouterr().out.splitlines()[-1])["status"] == hot.CLIENT_GONE

    async def test_a_server_that_stops_answers_first_and_then_closes(self, bare, slow):
        async with Served(bare._transport.app, Lane) as served, served.open() as line, served.open() as idle:
            idle.writer.write(b"")
            line.writer.write(asking())
            await slow.begun.wait()
            served.server.should_exit = True
            assert await idle.reader.read() == b""
            slow.go.set()
            head, body = await line.answer()
            assert head.endswith(b"\r\nconnection: close\r\n\r\n") and body == BODY
            assert await line.reader.read() == b""

    async def test_one_that_passes_on_when_it_stops_closes_too(self, bare, plans, slow):
        async def declines(*_: object) -> None:
            slow.begun.set()
            await slow.go.wait()

        edge_of(bare).hot.answer = declines
        async with Served(bare._transport.app, Lane) as served, served.open() as line:
            line.writer.write(asking(asked={"documentId": UNREAD}))
            await slow.begun.wait()
            served.server.should_exit = True
            await asyncio.sleep(0.2)
            slow.go.set()
            assert b"\r\nconnection: close\r\n" in (await line.answer())[0]
            assert await line.reader.read() == b""

    @pytest.mark.parametrize("protocol", [Lane, Protocol])
    async def test_work_that_outlasts_the_grace_ends_in_an_error(self, bare, slow, protocol):
        async with Served(bare._transport.app, protocol) as served, served.open() as line:
            line.writer.write(asking())
            await slow.begun.wait()
            served.server.should_exit = True
            received = await line.reader.read()

        head = b"content-type: text/plain; charset=utf-8\r\ncontent-length: 21\r\nconnection: close\r\n\r\n"
        assert slow.ended and received.startswith(b"HTTP/1.1 500 Internal Server Error\r\ndate: ")
        assert received.endswith(b" GMT\r\n" + head + b"Internal Server Error")

    async def test_a_bug_ends_the_connection(self, quick, plans, monkeypatch):
        monkeypatch.setattr(hot.Hot, "lines_with", None)

        assert (await quick.all_of(asking())).startswith(b"HTTP/1.1 500 ")

    async def test_a_connection_that_is_silent_is_closed(self, bare, plans):
        async with Served(bare._transport.app, Lane, timeout_keep_alive=1) as served, served.open() as line:
            for _ in range(3):
                line.writer.write(asking())
                await line.answer()
                await asyncio.sleep(0.6)
            assert await line.reader.read() == b""
            assert served.server.server_state.total_requests == 3

    async def test_who_waits_for_an_answer_is_not_silent(self, bare, slow):
        async with Served(bare._transport.app, Lane, timeout_keep_alive=1) as served, served.open() as line:
            slow.go.set()
            for _ in range(2):
                line.writer.write(asking())
                await line.answer()
            slow.go.clear()
            line.writer.write(asking())
            await asyncio.sleep(1.3)  # the timer of the rest before has rung
            slow.go.set()
            assert (await line.answer())[1] == BODY
            rested = asyncio.get_running_loop().time()
            assert await line.reader.read() == b""
            assert 0.8 < asyncio.get_running_loop().time() - rested < 2.5

    async def test_a_client_who_does_not_read_makes_nobody_hoard(self, quick, plans, taken):
        plans.parts = [b'"' + b"a" * 3_000_000 + b'"']
        async with quick.open() as line:
            for _ in range(8):
                line.writer.write(asking())
                await asyncio.sleep(0.02)
            begun = len(plans.asked)
            bodies = [(await line.answer())[1] for _ in range(8)]

        assert begun < 8 and {len(body) for body in bodies} == {3_000_002}
        assert any(taken)

    async def test_after_a_wish_for_another_protocol_the_lane_is_closed(self, quick, taken):
        other = asking(b"connection: upgrade", b"upgrade: h2c", asked=b"")
        async with quick.open() as line:
            for request in (asking(), other, asking()):
                line.writer.write(request)
                await line.answer()

        assert taken == [True, False, False]

    async def test_it_leaves_no_garbage_behind(self, quick, plans):
        async with quick.open() as line:
            for _ in range(2):
                gc.collect()
                gc.disable()
                plans.asked.clear()
                try:
                    for _ in range(100):
                        line.writer.write(asking())
                        await line.answer()
                    found = gc.collect()
                finally:
                    gc.enable()

        assert found < 50
        assert report._waiting == []
