"""Requests share statements, never rows: each gets its own answer or its own error."""

import asyncio
import random
from contextvars import ContextVar

import asyncpg
import pytest

from api.graphql.plan import batching
from api.graphql.plan.batching import Batches, Miscounted, Statement
from api.graphql.plan.connections import Connections
from api.graphql.plan.slots import Slot, Unavailable
from tests.api.plan.conftest import SIZE

FROM = "FROM unnest($1::text[], $2::int[]) WITH ORDINALITY AS v(name, n, place)"
GREET = Statement(f"SELECT convert_to(v.name||':'||12/v.n, 'UTF8'), NULL::bytea {FROM} ORDER BY v.place", 2)
NO_SEVENS = Statement(f"SELECT convert_to(v.name, 'UTF8') {FROM} WHERE v.n <> 7 ORDER BY v.place", 2)
WAIT = Statement(f"SELECT convert_to(v.name, 'UTF8'), pg_sleep(v.n / 1000.0) {FROM} ORDER BY v.place", 2)
POISON = 0

request_of: ContextVar[str] = ContextVar("request_of", default="nobody")


class Sent:
    """What went to PostgreSQL: the arrays of each statement, how many at once, in whose context; a gate."""

    def __init__(self) -> None:
        self.batches: list[list[object]] = []
        self.texts: list[str] = []
        self.contexts: set[str] = set()
        self.now = self.most = 0
        self.gate = asyncio.Event()
        self.gate.set()

    @property
    def sizes(self) -> list[int]:
        return [len(names) for names in self.batches]


@pytest.fixture
def sent(monkeypatch) -> Sent:
    found, fetch = Sent(), Slot.fetch

    async def noted(self: Slot, text: str, arguments):
        found.batches.append(list(arguments[0]))
        found.texts.append(text)
        found.contexts.add(request_of.get())
        found.now += 1
        found.most = max(found.most, found.now)
        try:
            await found.gate.wait()
            return await fetch(self, text, arguments)
        finally:
            found.now -= 1

    monkeypatch.setattr(Slot, "fetch", noted)
    return found


@pytest.fixture
def batches(connections):
    return Batches(connections)


async def all_of(batches: Batches, statement: Statement, rows: list[tuple[object, object]]) -> list[object]:
    found = await asyncio.gather(*(batches.fetch(statement, row) for row in rows), return_exceptions=True)
    return [each if isinstance(each, BaseException) else each[0] for each in found]


async def turns() -> None:
    """Let every task go as far as it can without PostgreSQL."""
    for _ in range(10):
        await asyncio.sleep(0)


async def nothing_is_left(batches: Batches) -> None:
    await turns()
    assert not batches._queues
    assert not batches._tasks


async def test_one_alone_goes_at_once(batches, sent):
    assert await batches.fetch(GREET, ("甲", 3)) == ("甲:4".encode(), None)
    assert sent.sizes == [1]
    await nothing_is_left(batches)


async def test_many_share_statements_and_each_gets_his_own(batches, sent):
    names = [f"citizen {place}" for place in range(1000)]

    found = await all_of(batches, GREET, [(name, 1 + place % 12) for place, name in enumerate(names)])

    assert found == [f"{name}:{12 // (1 + place % 12)}".encode() for place, name in enumerate(names)]
    assert len(sent.sizes) < 50
    assert sent.most == 2
    assert [name for batch in sent.batches for name in batch] == names, "in the order of asking"
    await nothing_is_left(batches)


async def test_who_comes_while_all_statements_are_at_work_goes_with_the_next(batches, sent):
    sent.gate.clear()
    asking = []
    for name in "abcdef":
        asking.append(asyncio.create_task(batches.fetch(GREET, (name, 12))))
        await turns()

    sent.gate.set()

    assert [each[0] for each in await asyncio.gather(*asking)] == [f"{name}:1".encode() for name in "abcdef"]
    assert sent.batches == [["a"], ["b"], ["c", "d", "e", "f"]]


async def test_a_batch_has_a_most_and_twins_are_welcome(connections, sent):
    few = Batches(connections, most=4)

    assert await all_of(few, GREET, [("twin", 6)] * 30) == [b"twin:2"] * 30
    assert max(sent.sizes) == 4


async def test_without_batching_each_goes_alone_on_any_connection(connections, sent):
    alone = Batches(connections, batching=False)

    found = await all_of(alone, WAIT, [(str(place), 20) for place in range(12)])

    assert found == [str(place).encode() for place in range(12)]
    assert set(sent.sizes) == {1}
    assert sent.most == SIZE


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


async def test_a_slow_row_harms_the_others_for_a_while(batches):
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


async def test_who_leaves_while_waiting_is_not_asked_for(batches, sent):
    sent.gate.clear()
    asking = []
    for name in ("a", "b", "c", "left", "d"):
        asking.append(asyncio.create_task(batches.fetch(GREET, (name, 12))))
        await turns()

    asking[3].cancel()
    sent.gate.set()

    found = await asyncio.gather(*asking, return_exceptions=True)
    assert isinstance(found.pop(3), asyncio.CancelledError)
    assert [each[0] for each in found] == [b"a:1", b"b:1", b"c:1", b"d:1"]
    assert sent.batches == [["a"], ["b"], ["c", "d"]]
    await nothing_is_left(batches)


async def test_who_leaves_while_it_runs_takes_nobody_along(batches, sent):
    asking = [asyncio.create_task(batches.fetch(WAIT, (name, 50))) for name in "abcd"]
    await turns()

    asking[2].cancel()

    found = await asyncio.gather(*asking, return_exceptions=True)
    assert sent.batches == [["a", "b", "c", "d"]]
    assert isinstance(found.pop(2), asyncio.CancelledError)
    assert [each[0] for each in found] == [b"a", b"b", b"d"]


async def test_all_may_leave(batches):
    asking = [asyncio.create_task(batches.fetch(WAIT, (name, 50))) for name in "abcd"]
    await turns()
    for each in asking:
        each.cancel()
    await asyncio.gather(*asking, return_exceptions=True)

    async with asyncio.timeout(5):
        assert (await batches.fetch(WAIT, ("e", 1)))[0] == b"e"


async def test_a_statement_carries_nothing_of_the_request_that_started_it(batches, sent):
    request_of.set("the first")

    await batches.fetch(GREET, ("a", 1))

    assert sent.contexts == {"nobody"}


async def test_no_statement_keeps_the_connections_for_itself(plan_url, sent):
    single = Connections(plan_url, size=1)
    batches = Batches(single, most=1)
    crowd = [asyncio.create_task(batches.fetch(WAIT, ("crowd", 2))) for _ in range(50)]
    await turns()
    already = len(sent.texts)

    assert await batches.fetch(GREET, ("alone", 1)) == (b"alone:12", None)

    assert sent.texts[already:].index(GREET.text) <= 2, "behind those who stood in line, not behind the crowd"
    await asyncio.gather(*crowd)
    await single.close()


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
        return "answered"

    async def disturb() -> None:
        while True:
            await admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'plan'"
                " AND datname = current_database()"
            )
            await asyncio.sleep(0.1)

    disturbing = asyncio.create_task(disturb())
    outcomes = await asyncio.gather(*(ask(place) for place in range(1500)), return_exceptions=True)
    disturbing.cancel()

    assert {each if isinstance(each, str) else type(each) for each in outcomes} <= {
        "answered", "poisoned", "left", Unavailable
    }  # fmt: skip
    assert outcomes.count("answered") > 1000
    await nothing_is_left(batches)
