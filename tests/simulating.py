"""A simulator in a test's own process, as `miniapp dev` runs one."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from banshi.simulator import Plan
from banshi.simulator._running import Simulator

START_S = 30.0


@asynccontextmanager
async def simulated(
    folder: Path, hear: Callable[[str], None] = lambda line: None, *, platform: str = "", token: str = ""
) -> AsyncIterator[Simulator]:
    """Run one for the mini-app of a folder, once its program runs; by way of a platform where one is told."""
    made = Simulator(
        Plan(
            manifest=folder / "miniapp.yaml", program=folder / "app.py", web=folder / "web",
            platform=platform, token=token,
        ),
        hear,
    )  # fmt: skip
    task = asyncio.create_task(made.run())
    try:
        async with asyncio.timeout(START_S):
            while not made.desk.running:
                assert not task.done(), task
                await asyncio.sleep(0.02)
        yield made
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
