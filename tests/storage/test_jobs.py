"""Facts become jobs, jobs run once, in order per party."""

from datetime import datetime, timedelta

import asyncpg
import pytest

from banshi.errors import Unavailable
from storage.db import execute, fetch
from storage.dead import letters, replay
from storage.dispatch import plant
from storage.ids import new_id
from storage.jobs import figures
from storage.outbox import emit
from storage.queue import on
from tests.storage.factories import NOON, BellRung, WindBlew, bell
from tests.workers import drain

heard: list[int] = []


@pytest.fixture(autouse=True)
def silence():
    heard.clear()


@on(BellRung)
async def listen(event: BellRung, *, now: datetime) -> None:
    heard.append(event.number)


@on(BellRung)
async def stumble(event: BellRung, *, now: datetime) -> None:
    raise ValueError("李雷 330106199001011234 is not welcome")


@on(BellRung)
async def hope(event: BellRung, *, now: datetime) -> None:
    raise Unavailable(system="the tower")


async def test_every_task_answers_a_fact_once(db):
    await emit(bell(7), now=NOON)

    outcomes = await drain([listen, hope], NOON)

    assert heard == [7]
    assert [outcome.word for outcome in outcomes] == ["failed", "done"]


async def test_facts_of_one_party_are_answered_in_the_order_they_were_stored(db):
    party = new_id()
    for number in range(5):
        await emit(bell(number, party), now=NOON)

    await drain([listen], NOON)

    assert heard == [0, 1, 2, 3, 4]


async def test_a_party_has_one_fact_with_its_tasks_at_a_time(db):
    party, other = new_id(), new_id()
    for owner in (party, party, other, None, None):
        await emit(bell(0, owner), now=NOON)

    await plant({"bell.rung": ["listen"]}, now=NOON)

    rows = await fetch("SELECT party_id FROM outbox WHERE sent_at IS NOT NULL")
    assert sorted(str(row["party_id"]) for row in rows) == sorted([str(party), str(other), "None", "None"])


async def test_a_schedule_holds_nobody_up_and_is_answered_in_its_time(db):
    party = new_id()
    await emit(bell(1, party), now=NOON, not_before=NOON + timedelta(days=1))
    await emit(bell(2, party), now=NOON)

    await drain([listen], NOON)
    assert heard == [2]

    await drain([listen], NOON + timedelta(days=1))
    assert heard == [2, 1]


async def test_a_fact_nobody_answers_is_settled_at_once(db):
    await emit(WindBlew(party_id=new_id()), now=NOON)

    outcomes = await drain([listen], NOON)

    assert outcomes == []
    assert await fetch("SELECT id FROM outbox WHERE settled_at IS NULL") == []


async def test_a_dead_letter_tells_its_reason_without_personal_data_and_frees_the_party(db):
    party = new_id()
    await emit(bell(1, party), now=NOON)
    await emit(bell(2, party), now=NOON)

    outcomes = await drain([stumble, listen], NOON, allow_dead=True)

    assert sorted(heard) == [1, 2]
    assert sorted(outcome.word for outcome in outcomes) == ["dead", "dead", "done", "done"]
    letter = (await letters())[0]
    assert (letter["error"], letter["task"]) == ("ValueError", "test_jobs.stumble")
    assert letter["message"].startswith("… … is not welcome at tests/storage/test_jobs.py:")
    assert await fetch("SELECT id FROM outbox WHERE settled_at IS NULL") == []


async def test_a_transient_error_waits_longer_each_time_and_dies_after_the_last_try(db):
    await emit(bell(1), now=NOON)
    pauses = []

    while not await letters():
        await drain([hope], NOON, allow_dead=True)
        (row,) = await fetch("SELECT extract(epoch FROM next_at - clock_timestamp())::float8 AS s FROM job")
        pauses.append(row["s"])
        await execute("UPDATE job SET next_at = clock_timestamp()")

    assert len(pauses) == hope.max_attempts
    assert all(2**tries * 0.8 < pause < 2**tries * 1.3 for tries, pause in enumerate(pauses[:-1]))
    assert (await letters())[0]["error"] == "Unavailable"


@pytest.mark.parametrize(
    "lost",
    [
        asyncpg.InternalClientError("got result for unknown protocol state 3"),  # for a moment after a kill
        asyncpg.InterfaceError("connection is closed"),
        asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation"),
        ConnectionResetError(),
    ],
)
async def test_a_job_whose_connection_was_lost_is_done_at_the_next_try(db, lost):
    losses = [lost]

    @on(BellRung)
    async def lose(event: BellRung, *, now: datetime) -> None:
        if losses:
            raise losses.pop()
        heard.append(event.number)

    await emit(bell(3), now=NOON)

    first = await drain([lose], NOON)
    await execute("UPDATE job SET next_at = clock_timestamp()")
    second = await drain([lose], NOON)

    assert [outcome.word for outcome in first + second] == ["failed", "done"]
    assert heard == [3]
    assert await letters() == []


async def test_a_replay_runs_the_job_again_and_leaves_no_letter(db):
    await emit(bell(1), now=NOON)
    await drain([stumble], NOON, allow_dead=True)
    (letter,) = await letters()

    await replay(letter["id"])
    mended = on(BellRung)(listen.function)
    object.__setattr__(mended, "name", stumble.name)
    await drain([mended], NOON)

    assert heard == [1]
    assert await letters() == []


async def test_a_task_and_its_done_mark_are_one_transaction(db):
    @on(BellRung)
    async def note(event: BellRung, *, now: datetime) -> None:
        await emit(WindBlew(party_id=None), now=now)
        await execute("UPDATE job SET holder = gen_random_uuid()")  # another worker takes it over

    await emit(bell(1), now=NOON)

    outcomes = await drain([note], NOON)

    assert [outcome.word for outcome in outcomes] == ["lost"]
    assert await fetch("SELECT id FROM outbox WHERE type = 'wind.blew'") == []


async def test_figures_count_what_waits_and_what_died(db):
    await emit(bell(1), now=NOON)
    await emit(bell(2), now=NOON, not_before=NOON + timedelta(days=1))
    await drain([stumble], NOON, allow_dead=True)
    await emit(bell(3), now=NOON)

    seen = await figures()

    assert (seen.waiting, seen.running, seen.dead, seen.unsent, seen.scheduled) == (0, 0, 1, 1, 1)
    assert 0 <= seen.lag_s < 60
