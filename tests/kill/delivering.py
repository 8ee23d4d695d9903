"""A worker that delivers webhooks until SIGTERM; what a process leaves behind is free after seconds.

python -m tests.kill.delivering DATABASE_URL VALKEY_URL
"""

import asyncio
import signal
import sys
from datetime import timedelta

from identity.oidc import issuer
from identity.oidc.issuer import OidcSettings
from miniapps.webhooks.service import _keeping, _sending, _trying
from miniapps.webhooks.tasks import TASKS
from storage import db, queue, seal
from storage.duties import every
from storage.settings import DatabaseSettings, QueueSettings, SealSettings
from storage.worker import Worker


async def main(database_url: str, valkey_url: str) -> None:
    """Connect, work, disconnect."""
    issuer.configure(OidcSettings())
    seal.configure(SealSettings(master_key=b"m" * 32, index_key=b"i" * 32, token_key=b"t" * 32))
    _sending.LEASE_S = _trying.LEASE_S = _sending.SPARE_S + 2
    _keeping.LEFT = timedelta(seconds=1)
    await db.connect(DatabaseSettings(url=database_url, pool_max=12))
    await queue.connect(QueueSettings(url=valkey_url))
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await Worker(TASKS, [every(1, _keeping.remind)]).run(stop)
    await queue.disconnect()
    await db.disconnect()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:3]))
