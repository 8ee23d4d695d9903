"""The short way of trusted documents: what it answers, and that all else is answered as without it."""

import asyncio
import gc
import json
import zlib
from collections.abc import AsyncIterator
from itertools import product
from typing import Any

import httpx
import pytest
import zstandard
from msgspec.structs import replace

from api.app import create_app
from api.context import Context
from api.graphql import documents
from api.graphql.plan.fragments import Fragment
from api.http import hot, leaving, quota
from api.http.edge import Edge
from api.http.hot import Hot
from identity import verdicts
from storage import clock, leases, news, queue
from tests.api.conftest import serving, some_settings

GRAPHQL = "application/graphql-response+json"
HOME = documents.named("home")
UNREAD = documents.named("unread")
ASKED = {"documentId": HOME, "variables": {"region": "330106", "target": "PERSON"}}
BODY = b'{"data":{"made":"' + b"x" * 2000 + b'"}}'


class Answerer:
    """Stands for the plans: answers always the same, and remembers what it was asked."""

    def __init__(self) -> None:
        self.parts: Any = [BODY]
        self.asked: list[tuple[str, dict[str, Any], Context, str | None]] = []

    async def __call__(
        self, document_id: str, variables: dict[str, Any], context: Context, name: str | None
    ) -> Any:
        self.asked.append((document_id, variables, context, name))
        if isinstance(self.parts, Exception):
            raise self.parts
        return self.parts


def edge_of(client: httpx.AsyncClient) -> Edge:
    edge = client._transport.app.asgi_handler
    assert isinstance(edge, Edge)
    return edge


def answering(client: httpx.AsyncClient) -> Answerer:
    """Put an answerer in the place of the plans."""
    made, way = Answerer(), edge_of(client).hot
    assert isinstance(way, Hot)
    way.answer = made
    return made


@pytest.fixture
def answerer(client) -> Answerer:
    return answering(client)


@pytest.fixture
async def bearer(sign_in) -> dict[str, str]:
    return {"authorization": f"Bearer {await sign_in('wang_fang')}"}


ACCEPTS = ("*/*", "application/json", GRAPHQL, f"{GRAPHQL}, */*;q=0.1")
ORIGINS = (None, "https://www.example.cn", "https://other.example")


def headers_of(answer: httpx.Response) -> list[tuple[str, str]]:
    """All but those that differ from answer to answer."""
    assert len(answer.headers["x-request-id"]) == 32
    changing = ("x-request-id", "content-length")
    return sorted(pair for pair in answer.headers.multi_items() if pair[0] not in changing)


class TestAnswers:
    async def test_a_trusted_document_is_answered_with_the_bytes_of_its_plan(self, client, answerer, bearer):
        answer = await client.post("/graphql", json={**ASKED, "operationName": "Home"}, headers=bearer)

        assert (answer.status_code, answer.content) == (200, BODY)
        [(document_id, variables, context, name)] = answerer.asked
        assert (document_id, variables, name) == (HOME.removeprefix("sha256:"), ASKED["variables"], "Home")
        assert context.actor.app_id is None and context.actor.person_id.int
        assert context.request_id == answer.headers["x-request-id"]
        assert (context.address, context.device) == ("127.0.0.1", client.headers["user-agent"])
        assert context.token == bearer["authorization"].removeprefix("Bearer ")

    async def test_a_visitor_is_answered_too(self, client, answerer):
        answer = await client.post("/graphql", json=ASKED)

        assert answer.content == BODY
        assert answerer.asked[0][2].token is None

    async def test_its_headers_are_those_of_the_ordinary_way(self):
        settings = some_settings(
            clock="system", cors_origins=("https://www.example.cn",), public_url="https://banshi.example"
        )
        async with serving(settings) as quick, serving(replace(settings, switched_off=("hot",))) as slow:
            answering(quick)
            for accept, origin in product(ACCEPTS, ORIGINS):
                given = {
                    "accept-encoding": "identity",
                    "accept": accept,
                    **({"origin": origin} if origin else {}),
                }
                seen = [
                    headers_of(await client.post("/graphql", json={"documentId": UNREAD}, headers=given))
                    for client in (quick, slow)
                ]
                assert seen[0] == seen[1], (accept, origin)

    @pytest.mark.parametrize(
        ("accepted", "expected"),
        [
            (None, None), ("identity", None), ("br", None), ("gzip", "gzip"), ("gzip, zstd", "zstd"),
            ("gzip, zstd;q=0.5", "gzip"), ("gzip;q=0", None), ("*", "zstd"), ("zstd;q=0, *;q=0.5", "gzip"),
            ("identity, gzip;q=0.5", None),
        ],
    )  # fmt: skip
    async def test_bytes_are_compressed_as_the_client_likes(self, client, answerer, accepted, expected):
        answerer.parts = [b'{"data":{"shared":', Fragment(b'"' + b"a" * 1500 + b'"'), b"}}"]
        whole = b'{"data":{"shared":"' + b"a" * 1500 + b'"}}'
        request = client.build_request("POST", "/graphql", json=ASKED)
        request.headers.pop("accept-encoding", None)
        if accepted:
            request.headers["accept-encoding"] = accepted

        answer = await client.send(request, stream=True)
        raw = b"".join([piece async for piece in answer.aiter_raw()])

        assert answer.headers.get("content-encoding") == expected
        assert int(answer.headers["content-length"]) == len(raw)
        if expected == "gzip":
            assert zlib.decompress(raw, wbits=31) == whole
        elif expected == "zstd":
            assert zstandard.ZstdDecompressor().stream_reader(raw, read_across_frames=True).read() == whole
        else:
            assert raw == whole

    async def test_a_small_answer_is_left_as_it_is(self, client, answerer):
        answerer.parts = [b'{"data":{}}']

        answer = await client.post("/graphql", json=ASKED, headers={"accept-encoding": "gzip"})

        assert "content-encoding" not in answer.headers

    async def test_it_is_told_of_like_any_other(self, client, answerer, capsys):
        class Operation:
            label = "query several"

        async def answer(*asked: Any) -> Any:
            asked[2].operation = Operation
            return [BODY]

        edge_of(client).hot.answer = answer
        answer = await client.post("/graphql", json=ASKED)

        line = json.loads(capsys.readouterr().out.splitlines()[-1])
        assert (line["route"], line["method"], line["status"], line["codes"]) == ("/graphql", "POST", 200, [])
        assert (line["operation"], line["request_id"]) == ("query several", answer.headers["x-request-id"])
        figures = (await client.get("/metrics")).text
        assert 'banshi_graphql_operation_seconds_count{operation="query several"}' in figures


BIG = {"documentId": UNREAD, "extensions": {"x": "x" * 100_000}}
ODD = {
    "malformed": {"content": b'{"documentId": "'},
    "cut off": {"content": b'{"documentId":'},
    "no UTF-8": {"content": b'{"documentId": "\xff"}'},
    "deep": {"content": b'{"documentId": ' + b"[" * 5000},
    "a list": {"json": [{"documentId": UNREAD}]},
    "a number": {"json": {"documentId": 1}},
    "variables are a list": {"json": {"documentId": UNREAD, "variables": []}},
    "no prefix": {"json": {"documentId": UNREAD[7:]}},
    "unknown": {"json": {"documentId": "sha256:" + "0" * 64}},
    "another name": {"json": {"documentId": UNREAD, "operationName": "Other"}},
    "both": {"json": {"documentId": UNREAD, "query": "{ requestId }"}},
    "unknown member": {"json": {"documentId": UNREAD, "more": 1}},
    "text with the word": {"json": {"query": '{ requestId } #"documentId"'}},
    "an ordinary query": {"json": {"query": "{ requestId }"}},
    "too long": {"json": BIG},
    "another type": {"content": b"{}", "headers": {"content-type": "text/plain"}},
    "no type": {"content": b"{}"},
    "JSON with a charset": {
        "content": json.dumps({"documentId": UNREAD}).encode(),
        "headers": {"content-type": 'Application/JSON; charset="UTF-8"'},
    },
    "accepts neither": {"json": {"documentId": UNREAD}, "headers": {"accept": "text/csv"}},
    "bad token": {"json": ASKED, "headers": {"authorization": "Bearer s" + "0" * 64}},
    "odd token": {"json": ASKED, "headers": {"authorization": b"Bearer \xe9"}},
    "not a bearer": {"json": ASKED, "headers": {"authorization": "Basic YTpi"}},
    "empty token": {"json": ASKED, "headers": {"authorization": ""}},
    "variables do not fit": {"json": {"documentId": HOME, "variables": {"region": 1}}},
    "NUL": {"json": {"documentId": HOME, "variables": {"region": "\0", "target": "PERSON"}}},
    "with a query string": {"json": {"documentId": UNREAD}, "url": "/graphql?a=1"},
    "trailing slash": {"json": {"documentId": UNREAD}, "url": "/graphql/"},
}


class TestEverythingElse:
    async def test_what_is_odd_is_answered_as_without_the_short_way(self, db, settings):
        async with serving(settings) as quick, serving(replace(settings, switched_off=("hot",))) as slow:
            for name, odd in ODD.items():
                seen = []
                for client in (quick, slow):
                    answer = await client.post(**{"url": "/graphql", **odd})
                    body = answer.text.replace(answer.headers["x-request-id"], "ID")
                    seen.append((answer.status_code, body, headers_of(answer)))
                assert seen[0] == seen[1], name

    async def test_a_body_in_pieces_is_read_whole(self, client, answerer):
        text = json.dumps(ASKED).encode()

        async def pieces() -> AsyncIterator[bytes]:
            for start in range(0, len(text), 7):
                yield text[start : start + 7]

        headers = {"content-type": "application/json"}
        answer = await client.post("/graphql", content=pieces(), headers=headers)

        assert answer.content == BODY

    async def test_a_body_without_end_is_refused_as_ever(self, client, answerer):
        async def pieces() -> AsyncIterator[bytes]:
            for _ in range(20):
                yield b" " * 10_000

        headers = {"content-type": "application/json"}
        answer = await client.post("/graphql", content=pieces(), headers=headers)

        assert answer.status_code == 413

    async def test_no_answer_means_the_ordinary_way_with_the_body_replayed(self, client, answerer, bearer):
        answerer.parts = None

        answer = await client.post("/graphql", json={"documentId": UNREAD}, headers=bearer)

        assert len(answerer.asked) == 1
        assert answer.json()["data"] is not None

    async def test_an_answerer_that_fails_is_a_bug_that_nobody_notices(
        self, client, answerer, bearer, capsys
    ):
        answerer.parts = RuntimeError("broken")

        answer = await client.post("/graphql", json={"documentId": UNREAD}, headers=bearer)

        assert (answer.status_code, "errors" in answer.json()) == (200, False)
        assert "hot.bug" in capsys.readouterr().out

    @pytest.mark.parametrize("way", ["hot", "ordinary", "refused"])
    async def test_each_request_is_counted_once(self, client, answerer, bearer, monkeypatch, way):
        monkeypatch.setattr(quota, "PERSON_BURST", 3)
        monkeypatch.setattr(quota, "PERSON_PER_S", 0.01)
        answerer.parts = [BODY] if way == "hot" else None
        asked = {"documentId": UNREAD if way != "refused" else "sha256:" + "0" * 64}

        answers = [await client.post("/graphql", json=asked, headers=bearer) for _ in range(5)]

        assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
        assert 1 <= int(answers[-1].headers["retry-after"]) <= 100

    async def test_a_refused_token_is_looked_up_once(self, client, answerer, db):
        db.clear()

        answer = await client.post("/graphql", json=ASKED, headers={"authorization": "Bearer s" + "0" * 64})

        assert answer.status_code == 401
        assert len([sql for sql in db if "token_hash" in sql]) == 1

    async def test_nothing_is_lost_while_the_database_is_away(self, client, answerer, bearer, monkeypatch):
        async def away(*_: object, **__: object) -> None:
            raise OSError

        monkeypatch.setattr(verdicts.accounts, "bearer_of", away)

        answer = await client.post("/graphql", json=ASKED, headers=bearer)

        assert (answer.status_code, answerer.asked) == (500, [])
        assert answer.json()["errors"][0]["extensions"]["code"] == "INTERNAL"

    async def test_it_can_be_switched_off(self, bare_settings):
        assert create_app(bare_settings).asgi_handler.hot is not None
        assert create_app(replace(bare_settings, switched_off=("hot",))).asgi_handler.hot is None

    async def test_compression_can_be_switched_off(self, bare_settings):
        async with serving(replace(bare_settings, switched_off=("compression",))) as client:
            answering(client)
            answer = await client.post("/graphql", json=ASKED, headers={"accept-encoding": "gzip"})

        assert "content-encoding" not in answer.headers and answer.content == BODY


@pytest.fixture
async def remembering(client, settings, postgres, database) -> AsyncIterator[leases.Leases]:
    """The process as it runs in earnest: verdicts and clock remembered, limits leased."""
    async with (
        verdicts.remembered(clock.now) as listener,
        news.listening(postgres.url("app", database), listener, clock.listener()),
        leases.leasing() as leased,
    ):
        yield leased


class TestCost:
    async def test_a_request_of_a_known_bearer_asks_neither_database_nor_valkey(
        self, client, answerer, bearer, remembering, db, monkeypatch
    ):
        calls: list[object] = []
        real = queue.redis().execute_command

        async def counted(*command: Any, **rest: Any) -> Any:
            calls.append(command[0])
            return await real(*command, **rest)

        monkeypatch.setattr(queue.redis(), "execute_command", counted)
        monkeypatch.setattr(leases, "SETTLE_S", 60)  # else a slow machine tells more often than it need
        await client.post("/graphql", json=ASKED, headers=bearer)
        await remembering.settle()
        db.clear()
        calls.clear()

        for _ in range(200):
            assert (await client.post("/graphql", json=ASKED, headers=bearer)).content == BODY

        assert db == []
        assert len(calls) <= 200 / 20

    async def test_what_is_kept_lives_as_long_as_the_verdict(self, client, answerer, bearer, remembering):
        for _ in range(2):
            await client.post("/graphql", json=ASKED, headers=bearer)
        first, second = (asked[2].kept for asked in answerer.asked)
        assert first is not None and first is second

        await client.delete("/session", headers=bearer)
        async with asyncio.timeout(2):
            while (await client.post("/graphql", json=ASKED, headers=bearer)).status_code == 200:
                await asyncio.sleep(0.01)

    async def test_without_news_nothing_is_kept(self, client, answerer, bearer):
        await client.post("/graphql", json=ASKED, headers=bearer)

        assert answerer.asked[0][2].kept is None

    async def test_a_request_leaves_no_garbage_behind(self, client, answerer, bearer, remembering):
        """What refers to itself waits for the collector, which under load doubles what a request costs."""
        await client.post("/graphql", json=ASKED, headers=bearer)
        gc.collect()
        gc.disable()
        try:
            for _ in range(20):
                await ask_raw(edge_of(client), bearer["authorization"])
            assert gc.collect() == 0
        finally:
            gc.enable()


class Wire:
    """The server's side of one request: what it receives and sends."""

    def __init__(self, *, leaves_after: float | None = None) -> None:
        self.sent: list[dict[str, Any]] = []
        self.leaves_after = leaves_after
        self.asked = False

    async def receive(self) -> dict[str, Any]:
        if not self.asked:
            self.asked = True
            return {"type": "http.request", "body": json.dumps(ASKED).encode(), "more_body": False}
        await asyncio.sleep(60 if self.leaves_after is None else self.leaves_after)
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        self.sent.append(message)


async def ask_raw(edge: Edge, authorization: str = "", wire: Wire | None = None) -> Wire:
    wire = wire or Wire()
    headers = [(b"content-type", b"application/json")]
    if authorization:
        headers.append((b"authorization", authorization.encode()))
    scope = {
        "type": "http", "method": "POST", "path": "/graphql", "query_string": b"", "headers": headers,
        "client": ("127.0.0.1", 1),
    }  # fmt: skip
    await edge(scope, wire.receive, wire.send)
    return wire


class TestLeaving:
    @pytest.fixture
    def slow(self, bare, monkeypatch) -> dict[str, bool]:
        monkeypatch.setattr(leaving, "PATIENCE_S", 0.02)
        seen = {"begun": False, "ended": False}

        async def answer(*_: object) -> None:
            seen["begun"] = True
            try:
                await asyncio.sleep(30)
            finally:
                seen["ended"] = True

        edge_of(bare).hot.answer = answer
        return seen

    async def test_the_work_for_a_client_who_left_is_ended(self, bare, slow, capsys):
        wire = await ask_raw(edge_of(bare), wire=Wire(leaves_after=0.05))

        assert slow["ended"] and wire.sent == []
        assert json.loads(capsys.readouterr().out.splitlines()[-1])["status"] == hot.CLIENT_GONE
        current = asyncio.current_task()
        assert current is not None and current.cancelling() == 0

    async def test_a_server_that_stops_ends_it_too(self, bare, slow):
        task = asyncio.create_task(ask_raw(edge_of(bare)))
        while not slow["begun"]:
            await asyncio.sleep(0.01)
        task.cancel()

        with pytest.raises(asyncio.CancelledError):
            await task
        assert slow["ended"]

    async def test_a_client_who_stays_gets_a_late_answer(self, bare, monkeypatch):
        monkeypatch.setattr(leaving, "PATIENCE_S", 0.01)

        async def answer(*_: object) -> list[bytes]:
            await asyncio.sleep(0.1)
            return [BODY]

        edge_of(bare).hot.answer = answer
        wire = await ask_raw(edge_of(bare))

        assert wire.sent[1]["body"] == BODY
