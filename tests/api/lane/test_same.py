"""The lane on a real server: the same bytes as the ordinary way, for whatever comes."""

import asyncio
from typing import Any

import pytest

from tests.api.answerer import ASKED, GRAPHQL, UNREAD
from tests.api.lane.served import CHANGING, asking
from tests.api.test_plain import ODD

FOR_THE_LANE = {
    "nothing more": (),
    "capitals": (b"Host: a", b"ACCEPT: */*", b"User-Agent: a b"),
    "a page": (b"origin: https://www.example.cn",),
    "kept open": (b"connection: keep-alive",),
    "squeezed": (b"accept-encoding: gzip, zstd",),
    "squeezed for old clients": (b"accept-encoding: gzip",),
    "the newer type": (b"accept: " + GRAPHQL.encode(),),
    "through a proxy": (b"x-forwarded-for: 10.0.0.1",),
}


class TestTheSame:
    async def test_what_the_lane_answers_is_what_the_ordinary_way_would(self, quick, usual, taken):
        async def both(headers: tuple[bytes, ...]) -> list[bytes]:
            return await asyncio.gather(*[served.all_of(asking(*headers)) for served in (quick, usual)])

        seen = await asyncio.gather(*map(both, FOR_THE_LANE.values()))

        for name, (by_lane, by_usual) in zip(FOR_THE_LANE, seen, strict=True):
            assert by_lane == by_usual, name
            assert by_lane.startswith(b"HTTP/1.1 200 OK\r\n")

        assert taken == [True] * len(FOR_THE_LANE)

    async def test_what_is_odd_is_answered_as_ever(self, quick, usual):
        """Each with a good request behind it, sent a little later, so that it shows who ended where."""

        async def both(odd: bytes) -> list[bytes]:
            typed = odd.replace(
                b"\r\ncontent-length", b"\r\ncontent-type: application/json\r\ncontent-length"
            )
            return await asyncio.gather(*[served.all_of(typed, asking()) for served in (quick, usual)])

        seen = await asyncio.gather(*map(both, ODD.values()))

        for name, (by_lane, by_usual) in zip(ODD, seen, strict=True):
            assert by_lane == by_usual, name
            assert by_lane.startswith(b"HTTP/1.1 ") or not by_lane, name

    @pytest.mark.parametrize(
        "asked",
        [
            {"documentId": UNREAD, "more": 1},
            {"query": "{ requestId }"},
            b'{"documentId":',
            b"",
            {"documentId": UNREAD},
        ],
    )
    async def test_what_the_short_way_declines_is_answered_as_ever(self, quick, usual, plans, asked):
        plans.parts = None

        seen = [await served.all_of(asking(asked=asked)) for served in (quick, usual)]

        assert seen[0] == seen[1] and seen[0].startswith(b"HTTP/1.1 ")

    async def test_a_request_in_two_pieces_is_answered_wherever_it_is_cut(self, quick, taken, usual):
        whole = asking(b"host: a")
        expected = CHANGING.sub(b"", await usual.all_of(whole))
        async with quick.open() as line:
            for cut in range(1, len(whole)):
                line.writer.write(whole[:cut])
                await asyncio.sleep(0.001)
                line.writer.write(whole[cut:])
                for more in (b"", whole):
                    line.writer.write(more)
                    assert CHANGING.sub(b"", b"".join(await line.answer())) == expected, cut

        assert taken.count(True) == len(whole) - 1  # those that came in one piece, on the same connection

    async def test_requests_that_do_not_wait_are_answered_in_order(self, quick, taken, plans):
        async def answer(_: str, variables: dict[str, Any], *rest: object) -> list[bytes]:
            await asyncio.sleep(0.01)
            return [b'{"n":%d}' % variables["n"]]

        edge = quick.server.config.loaded_app.asgi_handler
        edge.hot.answer = answer
        numbered = [asking(asked={**ASKED, "variables": {"n": n}}) for n in range(6)]
        async with quick.open() as line:
            line.writer.write(numbered[0] + numbered[1])
            assert [(await line.answer())[1] for _ in range(2)] == [b'{"n":0}', b'{"n":1}']
            line.writer.write(numbered[2])
            await asyncio.sleep(0.005)
            line.writer.write(numbered[3])
            line.writer.write(numbered[4] + numbered[5][:20])
            assert [(await line.answer())[1] for _ in range(3)] == [b'{"n":%d}' % n for n in (2, 3, 4)]
            line.writer.write(numbered[5][20:])
            assert (await line.answer())[1] == b'{"n":5}'

        assert taken[:2] == [False, True]
        assert quick.server.server_state.total_requests == 6

    async def test_what_is_declined_keeps_its_place(self, quick, plans, slow):
        async def declines(*_: object) -> None:
            slow.begun.set()
            await slow.go.wait()

        quick.server.config.loaded_app.asgi_handler.hot.answer = declines
        async with quick.open() as line:
            line.writer.write(asking(asked={"documentId": UNREAD, "operationName": "Unread"}))
            await slow.begun.wait()
            line.writer.write(asking(asked={"query": "{ __typename }"}) + asking(asked={"query": "{ a"}))
            await asyncio.sleep(0.01)
            slow.go.set()
            bodies = [(await line.answer())[1] for _ in range(3)]

        assert [b"unread" in bodies[0], b"Query" in bodies[1], b"SYNTAX" in bodies[2].upper()] == [True] * 3
