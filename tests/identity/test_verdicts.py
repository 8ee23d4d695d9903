"""Verdicts are remembered, and forgotten the moment a token may not be good any longer."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import asyncpg
import pytest

from identity import sessions, verdicts
from identity.actor import Actor
from identity.people import Person
from identity.settings import SessionSettings
from identity.verdicts import Verdict
from storage import news
from storage.ids import new_id
from tests.identity.factories import NOON as NOW
from tests.identity.factories import make_session


@pytest.fixture(autouse=True)
def limits():
    yield
    sessions.configure(SessionSettings())


async def test_a_remembered_verdict_asks_no_database(db, hearing):
    token, actor = await make_session()

    async with hearing() as process:
        first = await process.find(token, now=NOW)
        db.clear()
        later = [await process.find(token, now=NOW + timedelta(seconds=second)) for second in range(59)]

    assert first is not None and first.actor == actor
    assert all(verdict is first for verdict in later)
    assert db == []


async def test_the_last_use_is_still_written_once_a_minute(db, hearing):
    token, actor = await make_session()

    async with hearing() as process:
        for second in range(0, 300, 5):
            assert await process.find(token, now=NOW + timedelta(seconds=second))

    row = await sessions.Session.objects().get(sessions.Session.id == actor.session_id)
    assert row is not None
    assert timedelta(minutes=3) < row.last_seen_at - NOW < timedelta(minutes=5)
    assert row.idle_until == row.last_seen_at + timedelta(minutes=30)


async def test_a_verdict_ends_with_its_session(db, hearing):
    idle, absolute = timedelta(seconds=50), timedelta(seconds=40)
    sessions.configure(SessionSettings(idle=idle))
    idling, _ = await make_session()
    sessions.configure(SessionSettings(absolute=absolute))
    ageing, _ = await make_session()

    async with hearing() as process:
        for token, end in ((idling, idle), (ageing, absolute)):
            verdict = await process.find(token, now=NOW)
            assert verdict is not None and verdict.until == NOW + end
            assert await process.find(token, now=NOW + end) is None


async def test_a_clock_put_back_leaves_a_verdict_in_doubt(db, hearing):
    token, _ = await make_session()

    async with hearing() as process:
        await process.find(token, now=NOW + timedelta(seconds=20))
        db.clear()
        await process.find(token, now=NOW + timedelta(seconds=10))

    assert len(db) == 1


async def end_session(actor: Actor) -> None:
    assert actor.session_id
    await sessions.revoke(actor, actor.session_id, now=NOW)


async def test_facts_of_a_person_that_change_are_seen_at_once(db, hearing):
    token, actor = await make_session()

    async with hearing() as process:
        verdict = await process.find(token, now=NOW)
        assert verdict is not None and verdict.kept is not None
        verdict.kept["name"] = "before"
        await Person.update({Person.region: "330782"}).where(Person.id == actor.person_id)
        async with asyncio.timeout(2):
            while (now_ := await process.find(token, now=NOW)) is verdict:
                await asyncio.sleep(0.01)

        assert now_ is not None and now_.actor.region == "330782"
        assert now_.kept == {}


async def test_a_process_that_lost_its_connection_remembers_nothing_until_it_hears_again(
    db, hearing, postgres, database, monkeypatch
):
    monkeypatch.setattr(news, "PAUSE_S", 0.5)
    token, actor = await make_session()
    admin = await asyncpg.connect(postgres.url(database=database))

    async with hearing() as process:
        assert await process.find(token, now=NOW)
        await admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            " AND query IN ('SELECT', 'LISTEN \"verdicts\"')"
        )
        while process.hears:
            await asyncio.sleep(0.001)
        in_doubt = await process.find(token, now=NOW)
        await end_session(actor)  # nobody tells
        refused_at_once = await process.find(token, now=NOW) is None

        assert in_doubt is not None and in_doubt.kept is None
        assert refused_at_once and len(process) == 0
        async with asyncio.timeout(3):
            while not process.hears:
                await asyncio.sleep(0.01)
        fresh, _ = await make_session()
        assert (await process.find(fresh, now=NOW)) is (await process.find(fresh, now=NOW))
    await admin.close()


async def test_an_answer_that_a_revocation_overtook_is_not_remembered(db, hearing, monkeypatch):
    token, actor = await make_session()

    async with hearing() as process:
        real = verdicts.accounts.bearer_of

        async def overtaken(token: str, **rest: object) -> object:
            answer = await real(token, **rest)
            await end_session(actor)
            while not process.changes > before:
                await asyncio.sleep(0.001)
            return answer

        before = process.changes
        monkeypatch.setattr(verdicts.accounts, "bearer_of", overtaken)
        late = await process.find(token, now=NOW)
        monkeypatch.undo()

        assert late is not None and late.kept is None
        assert await process.find(token, now=NOW) is None


async def test_news_of_somebody_else_overtakes_nobody(db, hearing, monkeypatch):
    token, _ = await make_session()

    async with hearing() as process:
        real = verdicts.accounts.bearer_of

        async def slow(token: str, **rest: object) -> object:
            answer = await real(token, **rest)
            process.forget(new_id())
            return answer

        monkeypatch.setattr(verdicts.accounts, "bearer_of", slow)
        verdict = await process.find(token, now=NOW)

        assert verdict is not None and verdict.kept == {}
        monkeypatch.setattr(verdicts, "MOST_HEARD", 0)  # more news than are noted concern everybody
        another, _ = await make_session()
        in_doubt = await process.find(another, now=NOW)
        assert in_doubt is not None and in_doubt.kept is None


async def test_no_more_than_so_many_are_remembered_and_none_that_is_over(db, hearing):
    async with hearing() as process:
        process.most = 3
        mine = [(await make_session())[0] for _ in range(5)]
        for token in mine:
            await process.find(token, now=NOW)

        assert len(process) == 3
        await process.sweep(NOW + timedelta(minutes=2))
        assert len(process) == 0
        assert process._named == {}


async def test_others_take_their_turn_while_verdicts_are_swept(db, hearing, monkeypatch):
    monkeypatch.setattr(verdicts, "PORTION", 2)
    later = NOW + timedelta(minutes=2)
    left = []
    async with hearing() as process:
        for _ in range(5):
            await process.find((await make_session())[0], now=NOW)
        last = list(process._held)[-1]

        async def meanwhile() -> None:
            for _ in range(2):
                left.append(len(process))
                process._held[last] = replace(process._held[last], until=later + timedelta(seconds=1))
                await asyncio.sleep(0)

        await asyncio.gather(process.sweep(later), meanwhile())

        assert left == [3, 1]
        assert list(process._held) == [last]


async def test_a_token_itself_is_kept_nowhere(db, hearing):
    token, _ = await make_session()

    async with hearing() as process:
        await process.find(token, now=NOW)

        assert token not in repr(process.__dict__)


async def test_a_process_that_was_not_told_to_remember_asks_each_time(db):
    token, _ = await make_session()
    db.clear()

    found = [await verdicts.find(token, now=NOW) for _ in range(2)]

    assert len(db) == 2
    assert all(isinstance(verdict, Verdict) and verdict.kept is None for verdict in found)


async def test_while_remembered_the_module_remembers(db, postgres, database):
    async def now():
        return NOW

    token, _ = await make_session()
    async with (
        verdicts.remembered(now) as listener,
        news.listening(postgres.url("app", database), listener),
    ):
        await verdicts.find(token, now=NOW)
        db.clear()
        assert await verdicts.find(token, now=NOW)
        assert db == []
    assert await verdicts.find(str(new_id()), now=NOW) is None


async def test_who_revokes_something_here_is_not_overtaken_by_the_news_of_it(db, hearing):
    token, actor = await make_session()

    async with hearing() as process:
        assert await process.find(token, now=NOW)
        await end_session(actor)
        process.forget(actor.person_id)

        assert await process.find(token, now=NOW) is None
