"""What goes wrong in a batch goes wrong for those concerned, and nobody is left waiting."""

import asyncio
import random

import asyncpg
import pytest

from api.graphql.plan.runtime import batching
from api.graphql.plan.runtime.batching import Batches, Miscounted, Statement
from api.graphql.plan.runtime.slots import Unavailable
from tests.api.plan.batching_world import FROM, GREET, NO_SEVENS, POISON, WAIT, all_of, nothing_is_left, turns

CUT = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'plan'"
    " AND datname = current_database()"
)


@pytest.mark.parametrize(
    ("statement", "poison", "error"),
    [
        (GREET, POISON, asyncpg.DivisionByZeroError),
        (GREET, "not a number", asyncpg.DataError),
        (GREET, 2**40, asyncpg.DataError),
        (NO_SEVENS, 7, Miscounted),
    ],
)
async def test_a_row_that_is_refused_harms_no_other(batches, statement, poison, error):
    rows: list[tuple[object, object]] = [(f"citizen {place}", 1) for place in range(100)]
    rows[31] = ("the one", poison)

    found = await all_of(batches, statement, rows)

    assert isinstance(found.pop(31), error)
    rows.pop(31)
    tail = ":12" if statement is GREET else ""
    assert found == [f"{name}{tail}".encode() for name, _ in rows]
    await nothing_is_left(batches)


async def test_an_error_tells_nothing_of_the_others(batches):
    rows: list[tuple[object, object]] = [(f"secret {place}", 12 * 10**8 + place) for place in range(10)]

    found = await all_of(batches, GREET, [*rows, ("mine", "bad"), *rows])

    told = f"{found[10]!r} {vars(found[10])}"
    assert "bad" in told
    assert "secret" not in told
    assert "12000" not in told


async def test_a_wrong_statement_is_said_to_all_at_once(batches, sent):
    wrong = Statement(f"SELECT no_such_column {FROM}", 2)

    found = await all_of(batches, wrong, [("x", 1)] * 64)

    assert {type(each) for each in found} == {asyncpg.UndefinedColumnError}
    assert sent.sizes == [64]


async def test_a_slow_row_harms_the_others_for_a_while(impatient):
    batches = Batches(impatient)
    rows = [(f"citizen {place}", 0) for place in range(20)]

    found = await all_of(batches, WAIT, [*rows[:10], ("slow", 60_000), *rows[10:]])

    assert isinstance(found.pop(10), asyncpg.QueryCanceledError)
    assert found == [name.encode() for name, _ in rows]


async def test_the_repetition_ends_and_shows_no_foreign_error(batches, monkeypatch):
    monkeypatch.setattr(batching, "REPEAT_S", -1)

    found = await all_of(batches, GREET, [("a", 1), ("poison", POISON), ("b", 1)])

    assert [(type(each), each.__cause__, each.__context__) for each in found] == [
        (Unavailable, None, None)
    ] * 3


async def test_stopped_pumps_leave_nobody_waiting(batches, sent):
    sent.gate.clear()
    asking = []
    for name in "abcdefgh":
        asking.append(asyncio.create_task(batches.fetch(GREET, (name, 1))))
        await turns()

    for task in batches._tasks:
        task.cancel()

    async with asyncio.timeout(5):
        found = await asyncio.gather(*asking, return_exceptions=True)
        assert {type(each) for each in found} == {Unavailable}
        sent.gate.set()
        assert await batches.fetch(GREET, ("later", 1)) == (b"later:12", None)
    await nothing_is_left(batches)


async def test_closed_connections_leave_nobody_waiting(connections, sent):
    sent.gate.clear()
    batches = Batches(connections, most=1)
    asking = [asyncio.create_task(batches.fetch(WAIT, ("a", 1))) for _ in range(20)]
    asking += [asyncio.create_task(batches.fetch(GREET, ("a", 1))) for _ in range(20)]
    await turns()

    await connections.close()
    sent.gate.set()

    async with asyncio.timeout(5):
        found = await asyncio.gather(*asking, return_exceptions=True)
    assert {type(each) for each in found} <= {tuple, Unavailable}
    assert isinstance(found[19], Unavailable)
    await nothing_is_left(batches)


@pytest.mark.parametrize("seed", range(3))
async def test_no_answer_goes_astray_whatever_happens(connections, admin, seed):
    chance = random.Random(seed)
    batches = Batches(connections, most=8)
    answered, cuts = asyncio.Semaphore(0), 0

    async def ask(place: int) -> str:
        await asyncio.sleep(chance.random() / 2)
        poisoned = chance.random() < 0.05
        asking = batches.fetch(GREET, (f"citizen {place}", POISON if poisoned else 12))
        try:
            [answer, _] = await asyncio.wait_for(asking, 0.001 if chance.random() < 0.1 else None)
        except asyncpg.DivisionByZeroError:
            assert poisoned
            return "poisoned"
        except TimeoutError:
            return "left"
        assert answer == f"citizen {place}:1".encode()
        answered.release()
        return "answered"

    async def disturb() -> None:
        nonlocal cuts
        while True:  # by what was answered, not by the clock: a slow machine is not cut off more often
            await admin.execute(CUT)
            cuts += 1
            for _ in range(100):
                await answered.acquire()

    disturbing = asyncio.create_task(disturb())
    outcomes = await asyncio.gather(*(ask(place) for place in range(1500)), return_exceptions=True)
    disturbing.cancel()

    assert {each if isinstance(each, str) else type(each) for each in outcomes} <= {
        "answered", "poisoned", "left", Unavailable
    }  # fmt: skip
    assert outcomes.count("answered") > 1000
    assert cuts > 4
    await nothing_is_left(batches)
