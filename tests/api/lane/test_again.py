"""Questions that come again are answered without a task: to each his own, audited, counted, revoked."""

import asyncio
from typing import Any

import pytest
import zstandard

from api import metrics
from api.graphql import documents
from api.graphql.plan.again import Again
from api.graphql.plan.runtime import compression
from api.http import quota
from identity import audit, audit_buffer, verdicts
from storage.db import DB, execute
from storage.ids import new_id
from tests.api.answerer import ASKED
from tests.api.lane.again import looks_of, often, signed_in, told_as
from tests.api.lane.served import asking
from tests.identity.factories import WANG, WU

pytestmark = pytest.mark.slow


class TestAgain:
    async def test_a_question_that_came_before_takes_no_task(self, served, noted):
        header, _ = await signed_in(WANG)
        async with served.open() as line:
            before = dict(noted)
            first, *others = await often(line, asking(header), 6)

        assert noted["begun"] - before["begun"] >= 3
        assert noted["tasks"] - before["tasks"] + noted["begun"] - before["begun"] == 6
        assert set(others) == {first} and told_as("只给王芳") in first and b'"catalog":[' in first

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
