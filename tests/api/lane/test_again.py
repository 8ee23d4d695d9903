"""Questions that come again are answered without a task: to each his own, audited, counted, revoked."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
import zstandard
from msgspec.structs import replace

from api import metrics
from api.graphql import documents
from api.graphql.plan.again import Again, Begun
from api.graphql.plan.runtime import compression
from api.graphql.plan.runtime.slots import Slot, Unavailable
from api.http import hot, quota
from api.http.lane import Lane
from identity import audit, audit_buffer, verdicts
from identity.audit import AuditRow
from storage import clock, leases, news
from storage.db import DB, execute
from storage.ids import new_id
from tests.api.answerer import ASKED
from tests.api.conftest import serving
from tests.api.lane.served import Served, asking
from tests.identity.factories import WANG, WU, make_session
from tests.miniapps.notices.factories import tell

pytestmark = pytest.mark.slow

CATALOG = b'"catalog":['


def told_as(title: str) -> bytes:
    return json.dumps(title, ensure_ascii=False).encode()


@pytest.fixture
def noted(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """How many requests of the lane began without a task, and how many were given one."""
    found = {"begun": 0, "tasks": 0}
    begin, start = hot.Asking.begin, Lane._start

    def begins(self: hot.Asking, state: dict[str, Any]) -> bool:
        is_begun = begin(self, state)
        found["begun"] += is_begun
        return is_begun

    def starts(self: Lane, *rest: Any) -> None:
        found["tasks"] += 1
        start(self, *rest)

    monkeypatch.setattr(hot.Asking, "begin", begins)
    monkeypatch.setattr(Lane, "_start", starts)
    return found


@pytest.fixture
async def served(db, settings, postgres, database) -> AsyncIterator[Served]:
    """The process as it runs in earnest: plans, verdicts and clock remembered, limits leased."""
    async with (
        verdicts.remembered(clock.now) as listener,
        news.listening(postgres.url("app", database), listener, clock.listener()),
        leases.leasing(),
        audit.buffered_reads(),
        serving(replace(settings, paths=("plan", "generated", "ordinary"))) as client,
        Served(client._transport.app, Lane) as made,
    ):
        await make_ready(made)
        yield made


async def make_ready(served: Served) -> None:
    """Wait until changes of the catalogue are heard: before, nothing of it is kept."""
    engine = served.server.config.loaded_app.state.engine
    async with asyncio.timeout(10):
        while not engine.plans.fragments._trusting:
            await asyncio.sleep(0.01)


async def signed_in(persona: Any) -> tuple[bytes, UUID]:
    """Return the header of a persona, and his id; he is told something that nobody else is."""
    token, actor = await make_session(persona, now=await clock.now())
    await tell(actor.acting_for, key=persona.key, title=f"只给{persona.name}", now=await clock.now())
    return b"authorization: Bearer " + token.encode(), actor.person_id


async def looks_of(person_id: UUID) -> int:
    """Return how often he is noted to have seen his list of cases."""
    return int(
        await AuditRow.count().where(AuditRow.person_id == person_id, AuditRow.act == "case.list.read")
    )


async def often(line: Any, request: bytes, count: int) -> list[bytes]:
    bodies = []
    for _ in range(count):
        line.writer.write(request)
        bodies.append((await line.answer())[1])
    return bodies


class TestAgain:
    async def test_a_question_that_came_before_takes_no_task(self, served, noted):
        header, _ = await signed_in(WANG)
        async with served.open() as line:
            before = dict(noted)
            first, *others = await often(line, asking(header), 6)

        assert noted["begun"] - before["begun"] >= 3
        assert noted["tasks"] - before["tasks"] + noted["begun"] - before["begun"] == 6
        assert set(others) == {first} and told_as("只给王芳") in first and CATALOG in first

    async def test_hundreds_at_once_get_their_own_rows(self, served, noted):
        people = {persona: await signed_in(persona) for persona in (WANG, WU)}

        async def one(persona: Any, other: Any) -> None:
            header, _ = people[persona]
            async with served.open() as line:
                for body in await often(line, asking(header), 40):
                    assert told_as(f"只给{persona.name}") in body
                    assert told_as(f"只给{other.name}") not in body

        await asyncio.gather(*[one(*pair) for pair in ((WANG, WU), (WU, WANG)) * 6])

        assert noted["begun"] > 300

    async def test_squeezed_and_odd_clients_get_the_same(self, served, noted, monkeypatch):
        monkeypatch.setattr(compression, "WORTH", 10)
        header, _ = await signed_in(WANG)
        async with served.open() as line:
            plain = await often(line, asking(header), 3)
            squeezed = await often(line, asking(header, b"accept-encoding: zstd"), 2)
            other = await often(line, asking(header, asked={**ASKED, "operationName": "Home"}), 3)

        assert noted["begun"] >= 3
        assert set(other) == set(plain) and len(set(squeezed)) == 1
        assert zstandard.ZstdDecompressor().decompress(squeezed[0], max_output_size=10_000) == plain[0]

    async def test_every_answer_is_audited_and_counted(self, served, noted):
        header, person_id = await signed_in(WANG)
        metrics.by_plan.tell()
        before = metrics.paths.labels("plan")._value.get()
        async with served.open() as line:
            await often(line, asking(header), 10)
        assert audit._buffer is not None
        await audit._buffer._flush()
        metrics.by_plan.tell()

        assert noted["begun"] >= 7
        assert await looks_of(person_id) == 10
        assert metrics.paths.labels("plan")._value.get() - before == 10

    async def test_what_cannot_be_buffered_is_stored_before_the_answer(self, served, noted, monkeypatch):
        monkeypatch.setattr(audit_buffer, "BUFFER_ROWS", 0)
        header, person_id = await signed_in(WANG)
        async with served.open() as line:
            for number in range(1, 6):
                await often(line, asking(header), 1)
                assert await looks_of(person_id) == number

        assert noted["begun"] >= 2

    async def test_who_asks_too_often_is_refused(self, served, noted, monkeypatch):
        monkeypatch.setattr(quota, "PERSON_BURST", 8)
        monkeypatch.setattr(quota, "PERSON_PER_S", 0.01)
        header, _ = await signed_in(WANG)
        async with served.open() as line:
            heads = []
            for _ in range(10):
                line.writer.write(asking(header))
                heads.append((await line.answer())[0].split()[1])

        assert heads == [b"200"] * 8 + [b"429"] * 2
        assert noted["begun"] >= 1

    async def test_a_session_that_ended_elsewhere_is_refused_within_two_seconds(self, served, noted):
        header, person_id = await signed_in(WANG)
        async with served.open() as line:
            await often(line, asking(header), 4)
            assert noted["begun"] > 0
            async with DB.transaction():
                await execute("UPDATE session SET ended_at = now() WHERE party_id = $1", person_id)
                await execute("SELECT pg_notify($1, $2)", verdicts.CHANNEL, f"person {person_id}")
            ended, status = asyncio.get_running_loop().time(), b"200"
            while status == b"200":
                line.writer.write(asking(header))
                head, body = await line.answer()
                status = head.split()[1]
                assert asyncio.get_running_loop().time() - ended < 2

        assert status == b"401" and told_as("只给王芳") not in body

    async def test_a_catalogue_that_changes_is_made_anew(self, served, noted):
        header, _ = await signed_in(WANG)
        async with served.open() as line:
            [*_, before] = await often(line, asking(header), 4)
            served.server.config.loaded_app.state.engine.plans.fragments.changed("item")
            tasks = noted["tasks"]
            [after] = await often(line, asking(header), 1)

        assert after == before and noted["tasks"] == tasks + 1


class TestTrouble:
    async def test_a_read_that_fails_is_answered_by_another_way(self, served, noted, monkeypatch):
        header, _ = await signed_in(WANG)
        async with served.open() as line:
            [*_, expected] = await often(line, asking(header), 4)
            begun = noted["begun"]
            fetch = Slot.fetch

            async def fails(self: Slot, text: str, arguments: Any) -> Any:
                monkeypatch.setattr(Slot, "fetch", fetch)
                raise Unavailable("out for lunch")

            monkeypatch.setattr(Slot, "fetch", fails)
            found = await often(line, asking(header), 2)

        assert noted["begun"] >= begun + 1
        assert [json.loads(body) for body in found] == [json.loads(expected)] * 2

    async def test_a_client_who_left_is_told_of_and_asked_for_no_more(
        self, served, noted, monkeypatch, capsys
    ):
        header, person_id = await signed_in(WANG)
        waits, go, fetch = asyncio.Event(), asyncio.Event(), Slot.fetch

        async def slowly(self: Slot, text: str, arguments: Any) -> Any:
            waits.set()
            await go.wait()
            return await fetch(self, text, arguments)

        async with served.open() as line:
            await often(line, asking(header), 4)
            assert audit._buffer is not None
            looks = len(audit._buffer._rows) + await looks_of(person_id)
            monkeypatch.setattr(Slot, "fetch", slowly)
            line.writer.write(asking(header))
            await waits.wait()
        while served.server.server_state.tasks:
            await asyncio.sleep(0.005)
        go.set()
        await asyncio.sleep(0.05)

        told = json.loads(capsys.readouterr().out.splitlines()[-1])
        assert (told["status"], told["route"]) == (hot.CLIENT_GONE, "/graphql")
        assert len(audit._buffer._rows) + await looks_of(person_id) == looks

    async def test_what_comes_meanwhile_waits_its_turn(self, served, noted, monkeypatch):
        header, _ = await signed_in(WANG)
        fetch = Slot.fetch

        async def slowly(self: Slot, text: str, arguments: Any) -> Any:
            await asyncio.sleep(0.02)
            return await fetch(self, text, arguments)

        async with served.open() as line:
            [*_, expected] = await often(line, asking(header), 4)
            monkeypatch.setattr(Slot, "fetch", slowly)
            line.writer.write(asking(header))
            await asyncio.sleep(0.005)
            line.writer.write(asking(asked={"query": "{ __typename }"}) + asking(header))
            bodies = [(await line.answer())[1] for _ in range(3)]

        assert bodies[0] == bodies[2] == expected and b"Query" in bodies[1]

    async def test_a_server_that_ends_does_not_hang_on_a_read(self, served, noted, monkeypatch):
        header, _ = await signed_in(WANG)
        waits = asyncio.Event()

        async def never(self: Slot, text: str, arguments: Any) -> Any:
            waits.set()
            await asyncio.sleep(60)

        async with served.open() as line:
            await often(line, asking(header), 4)
            monkeypatch.setattr(Slot, "fetch", never)
            line.writer.write(asking(header))
            await waits.wait()
            served.server.should_exit = True
            received = await line.reader.read()

        assert received.startswith(b"HTTP/1.1 500 ") and b"connection: close" in received

    async def test_a_bug_at_the_end_is_an_error_and_no_silence(self, served, noted, monkeypatch):
        header, _ = await signed_in(WANG)
        async with served.open() as line:
            await often(line, asking(header), 4)

            def bug(self: Begun) -> None:
                raise ZeroDivisionError

            monkeypatch.setattr(Begun, "end", bug)
            line.writer.write(asking(header))
            received = await line.reader.read()

        assert received.startswith(b"HTTP/1.1 500 ")

    async def test_bodies_are_remembered_up_to_a_bound(self, served, noted, monkeypatch):
        monkeypatch.setattr(hot, "REMEMBERED", 3)
        header, _ = await signed_in(WANG)
        way = served.server.config.loaded_app.asgi_handler.hot
        regions = [f"3301{number:02}" for number in (2, 3, 5, 6, 8)]
        async with served.open() as line:
            for region in regions:
                asked = {**ASKED, "variables": {"region": region, "target": "PERSON"}}
                await often(line, asking(header, asked=asked), 3)
            padded = json.dumps(ASKED).encode() + b" " * hot.LONGEST
            await often(line, asking(header, asked=padded), 3)

        assert len(way._known) == 3
        assert all(len(body) <= hot.LONGEST for body in way._known)


async def test_only_what_leaves_no_places_for_python_is_answered_so(served):
    engine = served.server.config.loaded_app.state.engine
    asked = {"home": ASKED["variables"], "unread": {}, "case": {"id": str(new_id())}, "cases": {}}
    found = {}
    for name, variables in asked.items():
        operation = engine.choosing.trusted.find(documents.named(name))
        plan = engine.paths.known(operation).plan_for(variables)
        again = Again.of(engine.paths.runner, plan, plan.binder.bind(variables))
        found[name] = again is not None

    assert found == {"home": True, "unread": True, "case": True, "cases": False}  # cursors of pages
