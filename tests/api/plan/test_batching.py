"""Requests share statements, never rows, and nobody waits who need not."""

import asyncio

from api.graphql.plan.runtime.batching import Batches
from api.graphql.plan.runtime.connections import Connections
from tests.api.plan.batching_world import GREET, WAIT, all_of, nothing_is_left, request_of, turns
from tests.api.plan.conftest import SIZE


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
