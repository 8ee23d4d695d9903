"""What the short way does not answer is answered as without it, and counted once."""

import json
from collections.abc import AsyncIterator

import pytest
from msgspec.structs import replace

from api.app import create_app
from api.http import quota
from api.http.hot import Hot
from api.http.wish import Wishes
from identity import verdicts
from tests.api.answerer import ASKED, BODY, HOME, UNREAD, answering, headers_of
from tests.api.conftest import serving

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


async def test_a_body_that_trickles_in_is_handed_on_in_one_piece(answerer):
    body = json.dumps({"query": "{ requestId }"}).encode()
    left = [{"type": "http.request", "body": bytes([each]), "more_body": True} for each in body]
    left += [{"type": "http.request", "body": b"", "more_body": False}, {"type": "http.disconnect"}]
    hot = Hot(answerer, wishes=Wishes(cors=None, compresses=False), headers=())

    async def receive():
        return left.pop(0)

    rest = await hot({"headers": [(b"content-type", b"application/json")], "state": {}}, receive, None)

    assert await rest() == {"type": "http.request", "body": body, "more_body": False}
    assert await rest() == {"type": "http.disconnect"}
