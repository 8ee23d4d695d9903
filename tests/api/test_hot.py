"""The short way of trusted documents: what it answers."""

import json
import zlib
from itertools import product
from typing import Any

import pytest
import zstandard
from msgspec.structs import replace

from api.graphql.plan.runtime.fragments import Fragment
from tests.api.answerer import ASKED, BODY, GRAPHQL, HOME, UNREAD, answering, edge_of, headers_of
from tests.api.conftest import serving, some_settings

ACCEPTS = ("*/*", "application/json", GRAPHQL, f"{GRAPHQL}, */*;q=0.1")
ORIGINS = (None, "https://www.example.cn", "https://other.example")


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
