"""One asker in one process and without HTTP: what the short way for trusted documents does (ADR 081)."""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from api.context import Context
from api.graphql.documents import named
from api.graphql.engine import Engine
from api.settings import Settings
from api.wiring import attentive
from bench.shelf import rows
from identity.actor import ANONYMOUS
from storage import db, seal
from storage.embedded.postgres import Postgres
from storage.ids import new_hex
from storage.settings import DatabaseSettings

TARGET_MADE_MS, TARGET_KEPT_MS = 10.0, 1.0  # medians
HERE = {"region": "330106"}


@dataclass(frozen=True)
class Spread:
    """Times of single answers, milliseconds."""

    p50: float
    p99: float

    @classmethod
    def of(cls, times: Sequence[float]) -> "Spread":
        """Reckon them of seconds."""
        ordered = sorted(times)
        at = min(len(ordered) - 1, int(len(ordered) * 0.99))
        return cls(round(statistics.median(ordered) * 1000, 3), round(ordered[at] * 1000, 3))


async def fill(server: Postgres, apps: int, items: int, *, now: datetime) -> None:
    """Store everything."""
    await db.connect(DatabaseSettings(url=server.url("app"), pool_min=2, pool_max=2))
    try:
        await rows.bring_items(items, now=now)
        await rows.lay_out(await rows.bring_apps(apps, now=now), now=now)
    finally:
        await db.disconnect()
    server.psql("VACUUM (ANALYZE)", database="banshi")


async def timed(asks: Sequence[Callable[[], Awaitable[Any]]]) -> list[float]:
    """Ask one after the other; return the seconds of each."""
    found = []
    for ask in asks:
        began = time.perf_counter()
        await ask()
        found.append(time.perf_counter() - began)
    return found


async def measure(config: Settings, searches: Sequence[str], *, now: datetime) -> dict[str, Spread]:
    """Return what the home of the shelf and searching it take, made and kept."""
    engine = Engine.of(config)
    seal.configure(config.seal)
    await db.connect(config.database)

    def ask(document: str, at: datetime, **variables: Any) -> Callable[[], Awaitable[Any]]:
        async def answer() -> None:
            context = Context(actor=ANONYMOUS, now=at, request_id=new_hex(), address="127.0.0.1")
            body = await engine.answer(named(document).removeprefix("sha256:"), HERE | variables, context)
            assert body is not None, f"{document} {variables} goes another way"

        return answer

    try:
        async with engine.running(), attentive(config):
            await asyncio.sleep(1)  # until changes are heard: before, nothing is kept
            minutes = [now + timedelta(minutes=number) for number in range(len(searches))]
            homes = [ask("shelf", at) for at in minutes]
            finds = [ask("find", now, search=each) for each in searches]
            await timed(homes[:5] + finds[:5])  # connections plan each statement a few times
            return {
                "shelf_made": Spread.of(await timed(homes[5:])),
                "shelf_kept": Spread.of(await timed(homes[5:])),
                "find_made": Spread.of(await timed(finds[5:])),
                "find_kept": Spread.of(await timed(finds[5:])),
            }
    finally:
        await db.disconnect()


def holds(found: dict[str, dict[str, float]]) -> bool:
    """Say whether the medians are what is aimed at."""
    made = max(found["shelf_made"]["p50"], found["find_made"]["p50"])
    kept = max(found["shelf_kept"]["p50"], found["find_kept"]["p50"])
    return made <= TARGET_MADE_MS and kept <= TARGET_KEPT_MS
