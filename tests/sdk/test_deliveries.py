"""Deliveries to a mini-app: signed, stored before they are acknowledged, worked on once."""

import asyncio
import time
from datetime import UTC, datetime
from uuid import uuid4

import httpx
import pytest

from banshi import events, signing
from banshi.serving import Delivery, SqliteInbox
from banshi.simulator._running import invented
from banshi.testing import PLATFORM, fake

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)


def decided(sub: str = "s") -> events.CaseDecided:
    return events.CaseDecided(sub=sub, at=NOON, case_id=uuid4())


@pytest.mark.parametrize("kind", events.EVENTS.values(), ids=events.EVENTS)
def test_what_the_platform_writes_is_read(kind):
    event = invented(kind.type, fake.adult())

    assert events.read(events.body(event)) == event


async def test_a_delivery_is_worked_on_once_however_often_it_comes(client, seen):
    event = decided()

    assert await client.deliver(event, id="msg_1")
    assert not await client.deliver(event, id="msg_1")
    assert seen == [event]


async def test_what_fails_is_due_again_later(app, seen, client, monkeypatch):
    now = [time.time()]
    monkeypatch.setattr(client.inbox, "_clock", lambda: now[0])

    await client.deliver(decided("fails once"), id="msg_1")
    assert len(seen) == 1
    assert await client.inbox.due() is None
    now[0] += 6
    again = await client.inbox.due()
    await client.server.work_on(client.inbox, again)

    assert again.attempt == 2
    assert len(seen) == 2
    now[0] += 10**6
    assert await client.inbox.due() is None


async def test_deliveries_are_signed_by_one_of_several_secrets_and_recent(app, tmp_path):
    old, new = signing.new_secret(), signing.new_secret()
    inbox = SqliteInbox(tmp_path / "inbox.sqlite")
    server = app.asgi(platform=PLATFORM, secrets=[new, old], inbox=inbox)
    body = b'{"type": "case.unheard_of", "timestamp": "2026-11-20T04:00:00Z", "data": {}}'
    now = datetime.now(UTC)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(server), base_url="http://app.test") as http:
        for secrets, at, status in (
            ([old], now, 202),
            ([new], now, 202),
            ([signing.new_secret()], now, 401),
            ([new], NOON, 401),
        ):
            told = signing.headers(secrets, message_id="m", at=at, body=body)
            assert (await http.post("/events", content=body, headers=told)).status_code == status
        told = signing.headers([new], message_id="m", at=now, body=b"no json")
        assert (await http.post("/events", content=b"no json", headers=told)).status_code == 422
        assert (await http.post("/events", content=body)).status_code == 401
    inbox.close()


async def test_what_was_acknowledged_survives_the_process(tmp_path):
    first = SqliteInbox(tmp_path / "inbox.sqlite")
    assert await first.put(Delivery("m", "case.decided", b"{}"))
    first.close()

    second = SqliteInbox(tmp_path / "inbox.sqlite")
    assert not await second.put(Delivery("m", "case.decided", b"{}"))
    assert await second.due() == Delivery("m", "case.decided", b"{}", attempt=1)
    await second.done("m")
    assert await second.due() is None
    assert not await second.put(Delivery("m", "case.decided", b"{}"))
    second.close()


async def test_closing_waits_for_what_is_under_way(tmp_path):
    for number in range(50):
        inbox = SqliteInbox(tmp_path / f"{number}.sqlite")
        putting = asyncio.create_task(inbox.put(Delivery("m", "t", b"x" * 100_000)))
        await asyncio.sleep(0)
        putting.cancel()
        inbox.close()
        await asyncio.gather(putting, return_exceptions=True)


async def test_after_too_many_failures_nobody_tries_again(tmp_path):
    now = [0.0]
    inbox = SqliteInbox(tmp_path / "inbox.sqlite", clock=lambda: now[0])
    await inbox.put(Delivery("m", "t", b""))
    attempts = []
    while (delivery := await inbox.due()) is not None:
        attempts.append(delivery.attempt)
        await inbox.failed(delivery)
        now[0] += 3_600
    inbox.close()

    assert attempts == [1, 2, 3, 4, 5, 6]


async def test_while_it_lives_it_works_on_what_comes(app, seen, client):
    sent, told = asyncio.Queue(), asyncio.Queue()
    life = asyncio.create_task(client.server({"type": "lifespan"}, sent.get, told.put))
    await sent.put({"type": "lifespan.startup"})
    assert (await told.get())["type"] == "lifespan.startup.complete"
    body = events.body(decided())
    headers = signing.headers([client.secret], message_id="m", at=datetime.now(UTC), body=body)
    await client._http.post("/events", content=body, headers=headers)
    async with asyncio.timeout(5):
        while not seen:
            await asyncio.sleep(0.01)
    await sent.put({"type": "lifespan.shutdown"})
    await life

    assert (await told.get())["type"] == "lifespan.shutdown.complete"
