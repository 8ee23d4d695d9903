"""Calls by the lane: what they are answered, and told of, is what the router's are."""

import asyncio
import json
import re

import pytest
from msgspec.structs import replace

from api.http import gateway, plain_calls, report
from api.http.short import CLIENT_GONE
from api.wiring import attentive
from banshi.calls import AppCrowded
from identity import audit, session_tokens
from miniapps.gateway.service import _bounds
from storage import clock
from storage.settings import DatabaseSettings
from tests.api.lane.served import CHANGING, Connection
from tests.api.relay.conftest import APP
from tests.api.relay.test_addresses import CHECKED, back_end, saying
from tests.api.relay.test_addresses import odd as answering

TOKEN = re.compile(rb"authorization: Bearer (\S+)")


@pytest.fixture
def told(monkeypatch):
    """What was reported of calls that came by the lane."""
    seen = []

    def note(**line):
        seen.append(line)
        report.report(**line)

    monkeypatch.setattr(plain_calls, "report", note)
    return seen


def request(world, api="rent.check", ask=CHECKED, *headers, token=None, app=APP):
    body = ask if isinstance(ask, bytes) else json.dumps(ask).encode()
    shown = world.token if token is None else token
    head = [f"POST /gw/{app}/{api} HTTP/1.1", "host: a", "content-type: application/json", *headers]
    head += [f"authorization: Bearer {shown}"] if shown else []
    return "\r\n".join([*head, f"content-length: {len(body)}", "", ""]).encode("latin-1") + body


async def sent(world, *pieces):
    """The answer to what is sent piece by piece."""
    port = int(world.urls[0].rsplit(":", 1)[1])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    async with asyncio.timeout(20):
        for piece in pieces:
            writer.write(piece)
            await asyncio.sleep(0.01)
        head, body = await Connection(reader, writer).answer()
    writer.close()
    return head, body


def plain(answer):
    """Status, headers and body without what differs from call to call."""
    head, body = answer
    first, *lines = CHANGING.sub(b"", head).strip().split(b"\r\n")
    return first, sorted(line for line in lines if line), CHANGING.sub(b"", body)


def odd(world):
    return {
        "well": request(world),
        "elder, with a key": request(world, "rent.check", CHECKED, "x-ui-style: elder", "idempotency-key: k"),
        "its own refusal": request(world, "rent.check", {"rent": 9001}),
        "its own bug": request(world, "rent.check", {"rent": 13}),
        "not what the manifest says": request(world, "rent.check", {"rent": -1}),
        "no JSON": request(world, "rent.check", b"{"),
        "no such API": request(world, "rent.none", CHECKED),
        "no consent": request(world, "rent.profile", {}),
        "another's": request(world, app="other-app"),
        "nobody": request(world, token=""),
        "no token of ours": request(world, token="never"),
        "a long key": request(world, "rent.check", CHECKED, f"idempotency-key: {'k' * 101}"),
        "a key of other letters": request(world, "rent.check", CHECKED, "idempotency-key: k\xe9"),
        "a page": request(world, "rent.check", CHECKED, "origin: https://www.example.cn"),
        "no JSON by its header": request(world).replace(b"application/json", b"text/plain"),
        "at its own origin": request(world).replace(b"host: a", f"host: {APP}.apps.localhost:8000".encode()),
        "at nobody's origin": request(world).replace(b"host: a", b"host: a.b.apps.localhost:8000"),
        "escaped": request(world, "rent%2Echeck"),
        "a proof": request(world).replace(b"Bearer", b"DPoP"),
    }


ROUTERS = {"a key of other letters", "at nobody's origin", "no JSON by its header", "escaped", "a proof"}


async def test_the_answer_is_the_router_s(world, told):
    async with back_end(world):
        for name, whole in odd(world).items():
            told.clear()
            by_lane = await sent(world, whole)
            assert bool(told) is (name not in ROUTERS), name
            by_router = await sent(world, whole[:30], whole[30:])
            assert plain(by_lane) == plain(by_router), name


async def test_too_many_are_told_when_to_come_back(world, told, monkeypatch):
    async def full(*_):
        raise AppCrowded(app_id=APP, retry_after_s=7)

    monkeypatch.setattr(_bounds, "count", full)
    async with back_end(world):
        head, _ = await sent(world, request(world))

    assert head.startswith(b"HTTP/1.1 429 ") and b"\r\nretry-after: 7\r\n" in head
    assert [(line["route"], line["status"], line["codes"]) for line in told] == [
        ("/gw/{app_id}/{api}", 429, ["APP_CROWDED"])
    ]


async def test_a_bug_is_told_as_one_and_nothing_of_it(world, told, monkeypatch):
    async def broken(*_):
        raise RuntimeError("secret")

    monkeypatch.setattr(gateway, "passed", broken)
    head, body = await sent(world, request(world))

    assert head.startswith(b"HTTP/1.1 500 ") and b"secret" not in head + body
    assert told[0]["codes"] == ["INTERNAL"]


async def test_who_leaves_is_reported_and_his_call_goes_on(world, told):
    port = int(world.urls[0].rsplit(":", 1)[1])
    async with back_end(world):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request(world, "rent.slow", {}))
        async with asyncio.timeout(10):
            while not world.seen:
                await asyncio.sleep(0.01)
            writer.transport.abort()
            await asyncio.sleep(0.05)
            world.gate.set()
            while not told:
                await asyncio.sleep(0.01)

    assert [line["status"] for line in told] == [CLIENT_GONE]


async def test_warm_it_asks_the_database_nothing(world, db, postgres, database, settings):
    """What is written is the audit's, by the bundle."""
    heard = replace(settings, database=DatabaseSettings(url=postgres.url("app", database)))
    async with (
        answering(saying("200 OK", b"{}")) as seen, attentive(heard), audit.buffered_reads(),
    ):  # fmt: skip
        await sent(world, request(world))
        db.clear()
        for _ in range(5):
            await sent(world, request(world))

    assert len(seen) == 6
    assert [sql for sql in db if "INSERT INTO audit_row" not in sql] == []


async def test_calls_that_would_say_the_same_take_one_token_along(world):
    async with answering(saying("200 OK", b"{}")) as seen:
        for headers in ((), (), ("x-ui-style: elder",)):
            await sent(world, request(world, "rent.check", CHECKED, *headers))
        await clock.shift(session_tokens.AGAIN)
        await sent(world, request(world))

    first, again, elder, later = [TOKEN.search(each)[1] for each in seen]
    assert first == again
    assert len({first, elder, later}) == 3
