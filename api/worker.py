"""The worker: every slice's tasks and duties, listed by hand.  Run with `python -m api.worker`."""

from api import lean  # noqa: F401

# isort: split
import asyncio
import gc
import os
import signal
import sys
from typing import Any

import msgspec
import structlog

from api import logs
from api.settings import BadSettings, Settings
from api.supervisor.ready import await_go, report_ready
from api.wiring import wired
from identity import accounts
from identity.chain import heads, links
from identity.oidc import backchannel, sweeping
from identity.wires import sweeping as wires
from miniapps.cases import service as cases_
from miniapps.cases import tasks as cases
from miniapps.catalog.service import sweeping as stock
from miniapps.insight import service as insight
from miniapps.items import tasks as items
from miniapps.materials import tasks as materials
from miniapps.notices import tasks as notices
from miniapps.privacy import tasks as privacy
from miniapps.release import service as releases
from miniapps.release import tasks as release
from miniapps.review import service as review_
from miniapps.review import tasks as review
from miniapps.shelf import service as shelf_
from miniapps.shelf import tasks as shelf
from miniapps.stores import service as stores_
from miniapps.stores import tasks as stores
from miniapps.trips import tasks as trips
from miniapps.webhooks import service as webhooks_
from miniapps.webhooks import tasks as webhooks
from storage.duties import Duty, every
from storage.queue import Task
from storage.retention import sweep_facts
from storage.worker import MOST_JOBS, Worker

log = structlog.get_logger()

TASKS: list[Task[Any]] = [
    *notices.TASKS,
    *materials.TASKS,
    *items.TASKS,
    *cases.TASKS,
    *trips.TASKS,
    *stores.TASKS,
    *shelf.TASKS,
    *release.TASKS,
    *privacy.TASKS,
    *review.TASKS,
    *webhooks.TASKS,
    *backchannel.TASKS,
]

DUTIES: list[Duty] = [
    every(0.2, links.seal, apart=True),
    every(60, heads.sign_head, apart=True),
    every(60, cases_.sweep_overdue),
    every(60, shelf_.index_waiting),
    every(3600, accounts.sweep),
    every(600, wires.sweep),
    every(3600, sweep_facts),
    every(600, sweeping.sweep),
    every(3600, insight.sweep),
    every(300, review_.sweep),
    every(60, review_.watch_looks),
    every(3600, stock.sweep),
    every(3600, releases.sweep),
    every(3600, stores_.sweep),
    every(15, webhooks_.remind),
    every(3600, webhooks_.sweep),
    every(3600, webhooks_.watch_questions),
]

SPARE_CONNECTIONS = 8  # for the relay, a duty, the counts, and what a job opens beside its own


async def work(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT; running jobs get a few seconds to finish, the rest are put back."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with wired(roomy(settings)):
        log.info("worker.started", pid=os.getpid(), count=len(TASKS))
        report_ready()
        await Worker(TASKS, DUTIES).run(stop)
    log.info("worker.stopped", pid=os.getpid())


def roomy(settings: Settings) -> Settings:
    """Return the settings with a pool in which every job that may run at once finds a connection."""
    pool_max = max(settings.database.pool_max, MOST_JOBS + SPARE_CONNECTIONS)
    database = msgspec.structs.replace(settings.database, pool_max=pool_max)
    return msgspec.structs.replace(settings, database=database)


def main() -> None:
    """Read the settings from the environment and work; a bad setting is told in one line each."""
    logs.configure()
    await_go()
    try:
        settings = Settings.read(os.environ)
    except BadSettings as error:
        sys.exit(str(error))
    gc.freeze()  # what was imported stays; the collector need not look at it again
    asyncio.run(work(settings))


if __name__ == "__main__":
    main()
