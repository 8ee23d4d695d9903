"""Words between processes: they arrive at once, sealed, and who posts knows whether anybody reads."""

import asyncio

import pytest

from storage import mailbox, queue
from storage.settings import QueueSettings


@pytest.fixture
async def connected(valkey):
    await queue.connect(QueueSettings(url=valkey.url))
    await queue.redis().flushdb()
    yield
    await queue.disconnect()


async def test_what_is_posted_arrives_and_nobody_else_can_read_it(connected):
    got: asyncio.Queue[bytes] = asyncio.Queue()
    async with (
        queue.redis().pubsub(ignore_subscribe_messages=True) as spy,
        mailbox.listening("a", got.put_nowait),
    ):
        await spy.subscribe("banshi:box:a")
        assert await mailbox.post("a", b"wang fang")
        assert await asyncio.wait_for(got.get(), 2) == b"wang fang"
        sealed = await spy.get_message(timeout=1) or await spy.get_message(timeout=1)

    assert b"wang fang" not in sealed["data"]


async def test_nobody_reads_a_box_that_was_left(connected):
    async with mailbox.listening("a", lambda _: None):
        assert await mailbox.read(["a", "b"]) == {"a"}
    assert not await mailbox.post("a", b"x")
    assert await mailbox.read(["a"]) == frozenset()


async def test_a_letter_for_another_box_is_thrown_away(connected):
    got: list[bytes] = []
    async with mailbox.listening("a", got.append):
        await queue.redis().publish("banshi:box:a", mailbox.wrap(b"x", aad=b"mailbox\0b"))
        await queue.redis().publish("banshi:box:a", b"nonsense")
        await mailbox.post("a", b"good")
        await asyncio.sleep(0.2)

    assert got == [b"good"]


async def test_entries_end_by_themselves(connected, monkeypatch):
    monkeypatch.setattr(mailbox, "LEASE_S", 0.3)
    await mailbox.enter([("list", "one"), ("list", "two")])
    await mailbox.leave("list", "two")
    assert await mailbox.entries("list") == ["one"]
    await asyncio.sleep(0.4)
    assert await mailbox.entries("list") == []


async def test_without_valkey_nothing_is_posted_and_nothing_is_known(valkey):
    await queue.connect(QueueSettings(url="redis://127.0.0.1:1"))
    try:
        async with mailbox.listening("a", lambda _: None):
            assert not await mailbox.post("a", b"x")
        assert await mailbox.entries("list") == []
        assert await mailbox.read(["a"]) == {"a"}, "nobody is taken for dead whom nobody can ask"
    finally:
        await queue.disconnect()
