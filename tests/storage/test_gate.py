"""Jobs run side by side; a suspect runs alone."""

import asyncio

import pytest

from storage import gate
from storage.gate import Gate


async def test_a_suspect_waits_for_its_neighbours_and_keeps_others_out():
    the_gate, seen = Gate(), []

    async def job(name: str, *, alone: bool) -> None:
        async with the_gate.passing(alone=alone):
            seen.append((name, the_gate.running))
            await asyncio.sleep(0.02)

    async with asyncio.TaskGroup() as group:
        for name in ("one", "two"):
            group.create_task(job(name, alone=False))
        await asyncio.sleep(0.005)
        group.create_task(job("suspect", alone=True))
        await asyncio.sleep(0.005)
        group.create_task(job("three", alone=False))

    assert seen == [("one", 1), ("two", 2), ("suspect", 1), ("three", 1)]


async def test_a_suspect_steps_back_when_its_neighbours_take_long(monkeypatch):
    monkeypatch.setattr(gate, "ALONE_S", 0.02)
    the_gate = Gate()

    async with the_gate.passing(alone=False):
        with pytest.raises(TimeoutError):
            async with the_gate.passing(alone=True):
                pass
        async with the_gate.passing(alone=False):
            assert the_gate.running == 2

    assert the_gate.running == 0
