"""Sharing one statement: who goes with whom, and who hears of whose failure."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from contextvars import ContextVar

import asyncpg
import pytest

from storage import groups
from storage.groups import Group, GroupFailed

COLOUR = ContextVar("COLOUR", default="none")


class Statement:
    """Doubles numbers; each run waits until it is let go; a number in `poison` fails its whole run."""

    def __init__(self, error=asyncpg.DataError, open_=False):
        self.runs, self.poison, self.error, self.colours = [], set(), error, []
        self.gates = []
        self.open = open_

    async def __call__(self, numbers):
        self.runs.append(list(numbers))
        self.colours.append(COLOUR.get())
        if not self.open:
            gate = asyncio.Event()
            self.gates.append(gate)
            await gate.wait()
        if self.poison & set(numbers):
            raise self.error("refused")
        return [2 * number for number in numbers]

    async def let_go(self, count=1):
        for _ in range(count):
            self.gates.pop(0).set()
            await settle()


async def settle():
    for _ in range(10):
        await asyncio.sleep(0)


async def ask(group, *numbers):
    """Let them come one after the other."""
    tasks = []
    for number in numbers:
        tasks.append(asyncio.ensure_future(group.add(number)))
        await settle()
    return tasks


async def test_those_who_come_in_the_same_turn_go_together():
    statement = Statement(open_=True)

    answers = await asyncio.gather(*map(Group(statement).add, (1, 2, 3)))

    assert (statement.runs, answers) == ([[1, 2, 3]], [2, 4, 6])


async def test_alone_one_goes_at_once_and_those_who_wait_go_together():
    statement = Statement()
    group = Group(statement, in_flight=2)

    tasks = await ask(group, 1, 2, 3, 4, 5)
    assert statement.runs == [[1], [2]]
    await statement.let_go()
    assert statement.runs == [[1], [2], [3, 4, 5]]
    await statement.let_go(2)

    assert [await task for task in tasks] == [2, 4, 6, 8, 10]


async def test_no_group_is_larger_than_the_most():
    statement = Statement()
    group = Group(statement, in_flight=1, most=2)

    tasks = await ask(group, 1, 2, 3, 4)
    await statement.let_go(3)

    assert statement.runs == [[1], [2, 3], [4]]
    assert [await task for task in tasks] == [2, 4, 6, 8]


async def test_a_request_cancelled_while_it_waits_is_left_out():
    statement = Statement()
    group = Group(statement, in_flight=1)
    _, second, third = await ask(group, 1, 2, 3)

    second.cancel()
    await statement.let_go(2)

    assert statement.runs == [[1], [3]]
    assert await third == 6


async def test_a_group_all_of_whom_went_away_is_not_sent():
    statement = Statement()
    group = Group(statement, in_flight=1)
    _, second = await ask(group, 1, 2)

    second.cancel()
    await statement.let_go()

    assert statement.runs == [[1]]
    [again] = await ask(group, 4)
    await statement.let_go()
    assert await again == 8


async def test_a_request_cancelled_under_way_leaves_the_others_in_peace():
    statement = Statement()
    group = Group(statement, in_flight=1)
    first, second, third = await ask(group, 1, 2, 3)
    await statement.let_go()

    second.cancel()
    await statement.let_go()

    assert (await first, await third) == (2, 6)
    with pytest.raises(asyncio.CancelledError):
        await second


async def test_who_is_to_blame_fails_alone():
    statement = Statement()
    group = Group(statement, in_flight=1)
    statement.poison = {3}
    _, second, third, fourth = await ask(group, 1, 2, 3, 4)
    await statement.let_go()
    statement.open = True
    await statement.let_go()

    assert statement.runs == [[1], [2, 3, 4], [2], [3], [4]]
    assert (await second, await fourth) == (4, 8)
    with pytest.raises(GroupFailed) as failed:
        await third
    assert isinstance(failed.value.__cause__, asyncpg.DataError)


@pytest.mark.parametrize(
    "error", [OSError, asyncpg.exceptions.AdminShutdownError, asyncpg.ConnectionDoesNotExistError]
)
async def test_when_the_server_is_gone_nobody_tries_for_the_others(error):
    statement = Statement(error)
    group = Group(statement, in_flight=1)
    statement.poison = {2}
    _, second, third = await ask(group, 1, 2, 3)
    await statement.let_go(2)

    assert statement.runs == [[1], [2, 3]]
    for task in (second, third):
        with pytest.raises(GroupFailed):
            await task


async def test_a_statement_that_never_ends_holds_nobody_up(monkeypatch):
    monkeypatch.setattr(groups, "PATIENCE_S", 0.05)
    asked: list[int] = []

    async def wedged(members: Sequence[int]) -> Sequence[int]:
        asked.extend(members)
        while 1 in members:  # deaf even to being cancelled, as a dead connection is
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(0.3)
                break
        return members

    shared = Group(wedged, in_flight=1, repeatable=True)
    with pytest.raises(TimeoutError):
        await shared.add(1)

    assert await shared.add(2) == 2
    assert asked == [1, 2]


async def test_answers_that_are_too_few_are_a_failure_and_not_a_wait_for_ever():
    async def forgetful(numbers):
        return numbers[1:]

    with pytest.raises(GroupFailed):
        await asyncio.wait_for(Group(forgetful).add(1), 5)


async def test_switched_off_each_goes_alone_and_at_once():
    statement = Statement()
    group = Group(statement, in_flight=1, grouping=False)

    tasks = await ask(group, 1, 2, 3)
    assert statement.runs == [[1], [2], [3]]
    await statement.let_go(3)

    assert [await task for task in tasks] == [2, 4, 6]


async def test_the_statement_knows_nothing_of_the_request_that_sent_it():
    statement = Statement(open_=True)
    COLOUR.set("red")

    await Group(statement).add(1)

    assert statement.colours == ["none"]


def test_a_group_outlives_the_loop_in_which_it_was_used():
    statement = Statement(open_=True)
    group = Group(statement, in_flight=1)

    async def go_away():
        statement.open = False
        await ask(group, 1, 2)

    asyncio.run(go_away())  # the loop ends with a statement under way and one who waits
    statement.open = True

    assert asyncio.run(group.add(3)) == 6
    assert statement.runs == [[1], [3]]
