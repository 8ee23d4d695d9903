"""The client tries again what may be tried again, and says what was refused."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx
import msgspec
import pytest

from banshi import client as client_module
from banshi.client import NoAnswer, Platform, Refused

Answer = Callable[[httpx.Request], httpx.Response]


@pytest.fixture(autouse=True)
def no_pause(monkeypatch):
    monkeypatch.setattr(client_module, "PAUSE_S", 0.0)


@asynccontextmanager
async def platform(answer: Answer) -> AsyncIterator[Platform]:
    """A platform outside this machine, played by a function; its contract is docs/api.md."""
    http = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    async with Platform("https://platform.example/", token="t", http=http) as made:
        yield made


async def test_data_comes_back_and_the_token_goes_out():
    seen: list[httpx.Request] = []

    def answer(request):
        seen.append(request)
        return httpx.Response(200, json={"data": {"viewer": {"level": 3}}})

    async with platform(answer) as made:
        data = await made.graphql("{ viewer { level } }", {"a": 1})

    assert data == {"viewer": {"level": 3}}
    assert seen[0].headers["authorization"] == "Bearer t"
    assert msgspec.json.decode(seen[0].content) == {"query": "{ viewer { level } }", "variables": {"a": 1}}


async def test_refusal_carries_code_data_and_where_to_read():
    error = {"message": "no", "extensions": {"code": "CASE_NOT_FOUND", "data": {"case_id": "1"}}}

    async with platform(lambda _: httpx.Response(200, json={"data": None, "errors": [error]})) as made:
        with pytest.raises(Refused) as refused:
            await made.graphql("{ x }")

    assert refused.value.code == "CASE_NOT_FOUND"
    assert refused.value.data == {"case_id": "1"}
    assert refused.value.docs_url == f"{made.url}/docs/errors#case_not_found"


async def test_silence_is_tried_again_until_there_is_an_answer():
    calls = 0

    def answer(request):
        nonlocal calls
        calls += 1
        if calls < 3:
            raise httpx.ConnectError("down")
        return httpx.Response(200, json={"data": {"ok": True}})

    async with platform(answer) as made:
        assert await made.graphql("{ ok }") == {"ok": True}

    assert calls == 3


async def test_four_silent_tries_are_enough():
    calls = 0

    def answer(request):
        nonlocal calls
        calls += 1
        return httpx.Response(502, text="<html>bad gateway</html>")

    async with platform(answer) as made:
        with pytest.raises(NoAnswer):
            await made.graphql("{ ok }")

    assert calls == 4


async def test_http_refusal_is_not_repeated():
    calls = 0

    def answer(request):
        nonlocal calls
        calls += 1
        return httpx.Response(
            401, json={"errors": [{"message": "no", "extensions": {"code": "NOT_SIGNED_IN"}}]}
        )

    async with platform(answer) as made:
        with pytest.raises(Refused):
            await made.call("GET", "/session")

    assert calls == 1


async def test_every_page_is_walked():
    pages = {
        None: {"edges": [{"node": {"n": 1}}], "pageInfo": {"hasNextPage": True, "endCursor": "c"}},
        "c": {"edges": [{"node": {"n": 2}}], "pageInfo": {"hasNextPage": False, "endCursor": None}},
    }

    def answer(request):
        after = msgspec.json.decode(request.content)["variables"]["after"]
        return httpx.Response(200, json={"data": {"cases": pages[after]}})

    async with platform(answer) as made:
        assert [node["n"] async for node in made.every("…", field="cases")] == [1, 2]


async def test_sign_in_keeps_the_token():
    async with platform(lambda _: httpx.Response(201, json={"token": "fresh"})) as made:
        await made.sign_in({"method": "face", "id_number": "…", "name": "…"})

        assert made.token == "fresh"


async def test_nothing_listening_is_no_answer(monkeypatch):
    async with Platform("http://127.0.0.1:9", timeout_s=0.2) as made:
        with pytest.raises(NoAnswer):
            await asyncio.wait_for(made.graphql("{ x }"), 5)
