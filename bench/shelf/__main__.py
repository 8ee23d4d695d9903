"""The shelf at a province's size: its home and searching it.  `scripts/bench shelf`; SMOKE=1: a few of each.

415 mini-apps and 3,700 items in a cluster of its own.  In one process and without HTTP: what the short way
for trusted documents does with a request (ADR 081) once it is read.  "Made" is a first answer to these
arguments, which asks the database; "kept" the next within its minute.  The last line is one JSON object.
"""

import argparse
import asyncio
import contextlib
import io
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from api.context import Context
from api.graphql.documents import named
from api.graphql.engine import Engine
from api.settings import Settings
from bench._lab import kernel
from bench.shelf import rows
from identity.actor import ANONYMOUS
from storage import db, seal
from storage.embedded.postgres import Postgres
from storage.ids import new_hex
from storage.migrations import migrate
from storage.settings import DatabaseSettings, ObjectsSettings, QueueSettings, SealSettings

APPS, ITEMS, SEARCHES = 415, 3_700, 600
FEW_APPS, FEW_ITEMS, FEW_SEARCHES = 40, 200, 40
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


def settings(server: Postgres) -> Settings:
    """Return those of a server on this cluster; nothing else is connected."""
    return Settings(
        database=DatabaseSettings(url=server.url("app"), pool_min=4, pool_max=4),
        queue=QueueSettings(url="redis://127.0.0.1:1"),
        objects=ObjectsSettings(
            endpoint="127.0.0.1:1", public_endpoint="127.0.0.1:1", access_key="bench", secret_key="b" * 16
        ),
        seal=SealSettings(master_key=b"m" * 32, index_key=b"i" * 32, token_key=b"t" * 32),
        plan_database=server.url("plan"),
    )


async def fill(server: Postgres, apps: int, items: int, *, now: datetime) -> None:
    """Migrate, and store everything."""
    await db.connect(DatabaseSettings(url=server.url("owner"), pool_min=2, pool_max=2))
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # Piccolo names each on standard output
            await migrate()
    finally:
        await db.disconnect()
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


async def measure(server: Postgres, searches: Sequence[str], *, now: datetime) -> dict[str, Spread]:
    """Return what the home of the shelf and searching it take, made and kept."""
    config = settings(server)
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
        async with engine.running():
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


async def play(server: Postgres, apps: int, items: int, searches: int) -> dict[str, Spread]:
    """Fill the database and measure."""
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    await fill(server, apps, items, now=now)
    return await measure(server, rows.searches(searches), now=now)


def main() -> None:
    """Measure and print."""
    smoke = bool(os.environ.get("SMOKE"))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--apps", type=int, default=FEW_APPS if smoke else APPS)
    parser.add_argument("--items", type=int, default=FEW_ITEMS if smoke else ITEMS)
    parser.add_argument("--searches", type=int, default=FEW_SEARCHES if smoke else SEARCHES)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="banshi-bench-", dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        server = Postgres(folder / "postgres")
        server.start()
        try:
            found = asyncio.run(play(server, given.apps, given.items, given.searches))
        finally:
            server.stop()
    print(f"{kernel.machine()}\n{given.apps:,} mini-apps, {given.items:,} items, one asker, milliseconds")
    for what, spread in found.items():
        print(f"{what:12} p50 {spread.p50:8.3f}   p99 {spread.p99:8.3f}")
    figures = {f"{what}_ms": spread.p50 for what, spread in found.items()}
    print(json.dumps({"bench": "shelf", "apps": given.apps, "items": given.items, **figures}))
    made = max(found["shelf_made"].p50, found["find_made"].p50)
    kept = max(found["shelf_kept"].p50, found["find_kept"].p50)
    sys.exit(0 if made <= TARGET_MADE_MS and kept <= TARGET_KEPT_MS else 1)


if __name__ == "__main__":
    main()
