"""Whatever happens at once — taps, keys, edits, removals, broken-off requests — nothing is half or twice."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from banshi.errors import DomainError
from miniapps.cases import service
from miniapps.cases.rules import Content
from miniapps.cases.service import Edit, _together
from miniapps.cases.service._together import GROUP
from miniapps.materials import service as wallet
from storage import db as storage_db
from storage.db import fetch
from tests.miniapps.cases.factories import ANSWERS, NOON, a_citizen, a_draft, a_town, fresh, hold
from tests.miniapps.cases.test_together_guards import a_file
from tests.miniapps.cases.whole import state_of

CASES, NEIGHBOURS = 2, 2
MOST_MS, LATE_MS = 20.0, 8.0  # a submission takes about so long

moments = st.floats(min_value=0, max_value=MOST_MS)
cases = st.integers(min_value=0, max_value=CASES - 1)
acts = st.one_of(
    st.tuples(st.just("submit"), cases, st.sampled_from(["key 1", "key 2", "key 3"])),
    st.tuples(st.just("broken off"), cases, st.sampled_from(["key 1", "key 2"])),
    st.tuples(st.just("edit"), cases, st.integers(min_value=1, max_value=9).map(str)),
    st.tuples(st.just("discard"), cases, st.just("")),
    st.tuples(st.just("remove"), st.just(0), st.just("")),
)
plans = st.lists(st.tuples(moments, acts), min_size=2, max_size=8)

MAY_BE_REFUSED = {
    "CASE_MOVE_REFUSED",
    "IDEMPOTENCY_KEY_REUSED",
    "CASE_NOT_FOUND",
    "CASE_MATERIALS_MISSING",
    "NOT_FOUND",
}


@dataclass
class World:
    """Two drafts of one citizen, who has one file; and neighbours who hand in at the same time."""

    citizen: Any
    drafts: list[Any]
    version: Any
    neighbours: list[tuple[Any, Any]]
    submitted: list[tuple[int, str, str]] = field(default_factory=list)  # case, key, number answered
    edited: list[tuple[int, str]] = field(default_factory=list)
    broken: Counter[int] = field(default_factory=Counter)

    async def do(self, moment, act):
        what, place, word = act
        await asyncio.sleep(moment / 1000)
        case = self.drafts[place]
        try:
            if what == "submit":
                self.submitted.append((place, word, (await self.submit(place, word)).number))
            elif what == "broken off":
                await self.break_off(place, word, after_ms=MOST_MS - moment)
            elif what == "edit":
                await service.edit_draft(self.citizen, case.id, Edit(form={"address": word}), now=NOON)
                self.edited.append((place, word))
            elif what == "discard":
                await service.discard_draft(self.citizen, case.id, now=NOON)
            else:
                await wallet.remove_material(self.citizen, self.version.material, now=NOON)
        except DomainError as refusal:
            assert refusal.code in MAY_BE_REFUSED, refusal.code

    async def submit(self, place, key):
        return await service.submit(self.citizen, self.drafts[place].id, idempotency_key=key, now=NOON)

    async def break_off(self, place, key, *, after_ms):
        task = asyncio.ensure_future(self.submit(place, key))
        done, _ = await asyncio.wait([task], timeout=after_ms / 1000)
        self.broken[place] += 1
        if not done:
            task.cancel()
        await asyncio.wait([task])
        if not task.cancelled() and (error := task.exception()) is not None:
            raise error


async def a_world():
    citizen = a_citizen()
    version, _, _ = await a_file(citizen)
    neighbours = [a_citizen() for _ in range(NEIGHBOURS)]
    for neighbour in neighbours:
        await hold(neighbour)
    drafts = [await a_draft(citizen, Content(ANSWERS, {"address": "0"})) for _ in range(CASES)]
    return World(citizen, drafts, version, [(each, await a_draft(each)) for each in neighbours])


async def play(plan):
    world = await a_world()
    others = [
        service.submit(neighbour, case.id, idempotency_key="key 1", now=NOON)
        for neighbour, case in world.neighbours
    ]

    await asyncio.gather(*(world.do(moment, act) for moment, act in plan), *others)
    await quiet()

    for _, case in world.neighbours:
        assert await state_of(case.id) == "submitted"
    states = [await state_of(case.id) for case in world.drafts]
    for place, state in enumerate(states):
        await check_case(world, place, state)
    await check_party(world, states)
    await repeat(world, states)


async def quiet():
    """Wait for the statements that go on although nobody awaits their answer."""
    while GROUP._tasks:
        await asyncio.wait(GROUP._tasks)


async def check_case(world, place, state):
    answers = [(key, number) for where, key, number in world.submitted if where == place]
    assert len(set(answers)) <= 1, "one key, one number"
    edits = [word for where, word in world.edited if where == place]
    if state == "gone":
        assert not answers
        return
    case = await fresh(world.drafts[place])
    if state == "submitted":
        assert answers or world.broken[place]
        assert {number for _, number in answers} <= {case.number}
    else:
        assert not answers
    address = (await service.open_content(case)).form["address"]
    assert address in (edits or ["0"]), "an edit that was answered is never lost"


async def check_party(world, states):
    party, submitted = world.citizen.acting_for, states.count("submitted")
    [told] = await fetch(
        "SELECT count(*) AS n FROM outbox WHERE party_id = $1 AND type = 'case.submitted'", party
    )
    [acts] = await fetch(
        "SELECT count(*) FILTER (WHERE act = 'case.submit') AS cases,"
        " count(*) FILTER (WHERE act = 'material.use') AS uses FROM audit_row WHERE party_id = $1", party,
    )  # fmt: skip
    assert (told["n"], acts["cases"], acts["uses"]) == (submitted, submitted, 2 * submitted)
    [file] = await fetch("SELECT archive_key, state FROM vault_object WHERE party_id = $1", party)
    assert (file["archive_key"] is not None) is (submitted > 0), "the archive reads what cases use, no more"
    assert file["state"] == "stored" or submitted == 0


async def repeat(world, states):
    """The same keys again answer the same and do nothing."""
    for place, key, number in world.submitted:
        assert (await world.submit(place, key)).number == number
    assert [await state_of(case.id) for case in world.drafts] == states


async def late(submissions):
    """As behind a slow statement: between reading and writing there is time for all sorts of things."""
    await asyncio.sleep(LATE_MS / 1000)
    return await _together._answer(submissions)


def test_nothing_is_half_or_twice(postgres, database, monkeypatch):
    monkeypatch.setattr(GROUP, "in_flight", 1)  # so that there are groups
    monkeypatch.setattr(GROUP, "statement", late)
    loop = asyncio.new_event_loop()

    async def begin():
        storage_db.DB.config = {"dsn": postgres.url("app", database)}
        await storage_db.DB.start_connection_pool(min_size=4, max_size=8)
        await a_town()

    @settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
    @given(plans)
    def examples(plan):
        loop.run_until_complete(play(plan))

    try:
        loop.run_until_complete(begin())
        examples()
    finally:
        loop.run_until_complete(storage_db.disconnect())
        loop.close()
