"""News of changes arrive; silence is noticed; what was missed is made good by forgetting everything."""

import asyncio
import os
import signal

import pytest

from api.graphql.plan.runtime import news as module
from api.graphql.plan.runtime.fragments import Fragments
from api.graphql.plan.runtime.news import News

LISTENERS = "FROM pg_stat_activity WHERE application_name = 'news' AND datname = current_database()"


class Told(list[str]):
    """What was said, in order."""

    async def becomes(self, *words: str) -> None:
        async with asyncio.timeout(10):
            while tuple(self) != words:
                await asyncio.sleep(0.01)


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
async def news(plan_url, told):
    made = News(plan_url, "changed", told.append, lambda: told.append("lost"), lambda: told.append("back"))
    await made.open()
    yield made
    await made.close()


async def test_what_is_said_on_the_channel_is_heard(news, told, owner):
    await owner.execute("NOTIFY changed, 'item'; NOTIFY other, 'noise'; NOTIFY changed, 'department'")

    await told.becomes("back", "item", "department")


async def test_a_lost_connection_is_told_and_made_anew(news, told, owner, admin):
    await admin.execute(f"SELECT pg_terminate_backend(pid) {LISTENERS}")

    await told.becomes("back", "lost", "back")
    await owner.execute("NOTIFY changed, 'item'")
    await told.becomes("back", "lost", "back", "item")


async def test_a_connection_that_died_without_a_word_is_noticed(plan_url, told, admin, monkeypatch):
    monkeypatch.setattr(module, "PULSE_S", 0.2)
    news = News(plan_url, "changed", told.append, lambda: told.append("lost"), lambda: told.append("back"))
    await news.open()
    frozen = await admin.fetchval(f"SELECT pid {LISTENERS}")
    os.kill(frozen, signal.SIGSTOP)

    try:
        await told.becomes("back", "lost", "back")
    finally:
        os.kill(frozen, signal.SIGCONT)
        await news.close()


async def test_what_cannot_be_taken_in_counts_as_lost(plan_url, told, owner, caplog):
    def heard(topic: str) -> None:
        raise ValueError(topic)

    news = News(plan_url, "changed", heard, lambda: told.append("lost"), lambda: told.append("back"))
    await news.open()

    await owner.execute("NOTIFY changed, 'item'")

    await told.becomes("back", "lost", "back")
    await news.close()
    assert "Exception in callback" in caplog.text


async def test_a_fault_of_the_listeners_own_does_not_end_it(plan_url, told, caplog):
    def back() -> None:
        told.append("back")
        if len(told) == 1:
            raise ValueError

    news = News(plan_url, "changed", told.append, lambda: told.append("lost"), back)
    await news.open()

    await told.becomes("back", "lost", "back")
    await news.close()
    assert "news" in caplog.text


async def test_closing_is_losing(news, told, admin):
    await news.close()

    assert told == ["back", "lost"]
    async with asyncio.timeout(10):
        while await admin.fetchval(f"SELECT count(*) {LISTENERS}"):
            await asyncio.sleep(0.01)


async def test_a_start_without_a_server_waits_for_one(told):
    news = News("postgresql://plan@127.0.0.1:1/x", "changed", told.append, told.clear, told.clear)
    async with asyncio.timeout(10):
        await news.open()
        await news.close()

    assert told == []


async def test_kept_fragments_follow_a_table(plan_url, owner, connections):
    await owner.execute("CREATE TABLE word (w text); INSERT INTO word VALUES ('one')")
    await owner.execute(
        "CREATE TRIGGER word_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON word"
        " FOR EACH STATEMENT EXECUTE FUNCTION notify_changed()"
    )
    kept, made = Fragments(), []
    news = News(plan_url, "changed", kept.changed, kept.doubt, kept.trust)
    await news.open()

    async def make() -> bytes:
        made.append(1)
        return (await connections.fetch("SELECT string_agg(w, ' ' ORDER BY w) AS w FROM word"))[0][
            "w"
        ].encode()

    async def read() -> bytes:
        return (await kept.get("words", frozenset({"word"}), make)).raw

    assert [await read(), await read()] == [b"one", b"one"]
    assert len(made) == 1
    for change, after in (
        ("INSERT INTO word VALUES ('two')", b"one two"),
        ("UPDATE word SET w = 'three' WHERE w = 'two'", b"one three"),
        ("DELETE FROM word WHERE w = 'one'", b"three"),
    ):
        await owner.execute(change)
        async with asyncio.timeout(10):
            while await read() != after:
                await asyncio.sleep(0.01)
    assert len(made) == 4
    await news.close()


async def test_readers_never_keep_what_is_old_while_it_is_written(plan_url, owner, connections):
    """A writer counts up; once it rests, every reader sees its last word."""
    await owner.execute("CREATE TABLE word (n int); INSERT INTO word VALUES (0)")
    await owner.execute(
        "CREATE TRIGGER word_changed AFTER UPDATE ON word"
        " FOR EACH STATEMENT EXECUTE FUNCTION notify_changed()"
    )
    kept = Fragments()
    news = News(plan_url, "changed", kept.changed, kept.doubt, kept.trust)
    await news.open()

    async def make() -> bytes:
        return str((await connections.fetch("SELECT n FROM word, pg_sleep(0.002)"))[0]["n"]).encode()

    async def read() -> None:
        seen = -1
        while seen != 300:
            n = int((await kept.get("n", frozenset({"word"}), make)).raw)
            assert n >= seen, "time does not run backwards"
            seen = n
            await asyncio.sleep(0)

    readers = [asyncio.create_task(read()) for _ in range(5)]
    for n in range(1, 301):
        await owner.execute("UPDATE word SET n = $1", n)
    async with asyncio.timeout(10):
        await asyncio.gather(*readers)
    await news.close()
