"""Listening to PostgreSQL, and knowing at once when nothing can be heard."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from storage import news
from storage.news import Listener


class Diary:
    """What a listener was told, in order."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def listener(self, channel: str) -> Listener:
        return Listener(
            channel=channel,
            heard=self.lines.append,
            lost=lambda: self.lines.append("lost"),
            back=lambda: self.lines.append("back"),
        )

    async def until(self, *lines: str, seconds: float = 5) -> None:
        async with asyncio.timeout(seconds):
            while self.lines != list(lines):
                await asyncio.sleep(0.005)


@pytest.fixture
async def admin(postgres, database) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(postgres.url(database=database))
    yield connection
    await connection.close()


async def end_others(admin: asyncpg.Connection) -> None:
    await admin.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )


async def test_each_listener_hears_its_own_channel(postgres, database, admin):
    one, other = Diary(), Diary()

    async with news.listening(postgres.url("app", database), one.listener("one"), other.listener("other")):
        await admin.execute("NOTIFY one, 'a'; NOTIFY one, 'b'; NOTIFY other, 'c'")

        await one.until("back", "a", "b")
        await other.until("back", "c")
    assert one.lines[-1] == "lost"


async def test_a_lost_connection_is_told_at_once_and_made_again(postgres, database, admin):
    diary = Diary()

    async with news.listening(postgres.url("app", database), diary.listener("one")):
        await end_others(admin)
        await diary.until("back", "lost", "back", seconds=2)
        await admin.execute("NOTIFY one, 'a'")

        await diary.until("back", "lost", "back", "a")


async def test_a_connection_that_falls_silent_is_given_up(postgres, database, monkeypatch):
    diary = Diary()

    async def never(*args: object, **kwargs: object) -> None:
        await asyncio.sleep(1)
        raise TimeoutError

    async with news.listening(postgres.url("app", database), diary.listener("one")):
        monkeypatch.setattr(asyncpg.Connection, "execute", never)
        await diary.until("back", "lost", seconds=3)


async def test_a_database_that_is_away_keeps_nobody_waiting_for_long(monkeypatch):
    monkeypatch.setattr(news, "FIRST_S", 0.1)
    diary = Diary()

    async with news.listening("postgresql://app@127.0.0.1:1/banshi", diary.listener("one")):
        assert diary.lines == []
    assert diary.lines == []
