"""Statements for tests of batches, and what is seen of them on their way."""

import asyncio
from contextvars import ContextVar

import pytest

from api.graphql.plan.runtime.batching import Batches, Statement
from api.graphql.plan.runtime.slots import Slot

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


def watch(monkeypatch: pytest.MonkeyPatch) -> Sent:
    """Return what will be sent from now on."""
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
