"""Servers that a bench starts for itself and leaves nothing of: PostgreSQL, Valkey, no object store."""

import asyncio
import contextlib
import io
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from api.settings import Settings
from storage import db
from storage.embedded.postgres import Postgres
from storage.embedded.valkey import Valkey
from storage.migrations import migrate
from storage.settings import DatabaseSettings, ObjectsSettings, QueueSettings, SealSettings


@dataclass(frozen=True)
class Passing:
    """What runs, in a folder that is gone at the end."""

    postgres: Postgres
    valkey: Valkey
    folder: Path

    @property
    def settings(self) -> Settings:
        """Those of a server of ours on these."""
        return Settings(
            database=DatabaseSettings(url=self.postgres.url("app"), pool_min=4),
            queue=QueueSettings(url=self.valkey.url),
            objects=ObjectsSettings(
                endpoint="127.0.0.1:1", public_endpoint="127.0.0.1:1", access_key="bench", secret_key="b" * 16
            ),
            seal=SealSettings(master_key=b"m" * 32, index_key=b"i" * 32, token_key=b"t" * 32),
            plan_database=self.postgres.url("plan"),
            clock="system",
            trusted_proxies=("127.0.0.1",),
        )


@contextlib.contextmanager
def passing() -> Iterator[Passing]:
    """Run them, the database migrated, while inside."""
    with (
        tempfile.TemporaryDirectory(prefix="banshi-bench-", dir="/tmp") as name,
        contextlib.ExitStack() as stack,
    ):
        folder = Path(name)
        folder.chmod(0o755)
        postgres, valkey = Postgres(folder / "postgres"), Valkey(folder / "valkey")
        for each in (postgres, valkey):
            each.start()
            stack.callback(each.stop)
        asyncio.run(_migrate(postgres))
        yield Passing(postgres, valkey, folder)


async def _migrate(postgres: Postgres) -> None:
    await db.connect(DatabaseSettings(url=postgres.url("owner"), pool_min=2, pool_max=2))
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # Piccolo names each on standard output
            await migrate()
    finally:
        await db.disconnect()
