"""The servers under a bench: PostgreSQL, Valkey and S3 in a folder of their own, kept between runs."""

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from api.settings import Settings
from api.supervisor.folder import DataFolder
from storage import migrations
from storage.embedded import place
from storage.embedded.postgres import Postgres
from storage.embedded.seaweed import Seaweed
from storage.embedded.valkey import Valkey

ROOT = Path(".banshi/bench")
MIB = 2**20
READER = "peer"  # the role of the peers: it may only read

RUNNING = {  # of a server with room: nothing here is for one program only
    "max_connections": "300",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "30min",
    "effective_cache_size": "12GB",
    "track_io_timing": "off",
}
BUILDING = {
    "wal_level": "minimal",  # COPY into a new table writes no WAL then
    "max_wal_senders": "0",
    "max_wal_size": "32GB",
    "checkpoint_timeout": "1h",
    "autovacuum": "off",
    "max_parallel_maintenance_workers": "2",
}
SOURCES = ("bench/_lab/data",)  # a change of these builds anew


class Lab:
    """One folder of servers, held by one bench at a time."""

    def __init__(self, citizens: int, *, subset: bool = False, few: bool = False, root: Path = ROOT) -> None:
        name = f"{citizens}{'-subset' if subset else ''}{'-few' if few else ''}"  # few: items, not citizens
        self.folder = DataFolder(root.absolute() / name)
        self.citizens = citizens
        self.folder.hold()
        self.locks = self.folder.secrets()
        self.valkey = Valkey(self.folder.path / "valkey", password=self.locks.valkey)
        self.seaweed = Seaweed(self.folder.path / "seaweed", access_key="banshi", secret_key=self.locks.s3)
        self.postgres = self._postgres(durable=True)

    def _postgres(self, *, durable: bool) -> Postgres:
        buffers = "2GB" if self.citizens >= 100_000 else "128MB"
        settings = RUNNING | {"shared_buffers": buffers} | ({} if durable else BUILDING)
        return Postgres(
            self.folder.path / "postgres", durable=durable, secret=self.locks.postgres, settings=settings
        )

    @contextlib.contextmanager
    def building(self) -> Iterator[Postgres]:
        """Run a fresh cluster without care for crashes; what it wrote is on disk at the end."""
        place.forget(self.folder.path / "postgres")
        self._built.unlink(missing_ok=True)
        self.unclean.unlink(missing_ok=True)
        shutil.rmtree(self.folder.path / "valkey", ignore_errors=True)
        fast = self._postgres(durable=False)
        fast.start()
        self.valkey.start()
        try:
            yield fast
        finally:
            self.valkey.stop()
            fast.stop(seconds=300)
        os.sync()

    @contextlib.contextmanager
    def running(self, *, objects: bool = False) -> Iterator[None]:
        """Run the durable cluster and Valkey, with `objects` S3 too."""
        servers = [self.valkey, *([self.seaweed] if objects else []), self.postgres]
        try:
            for server in servers:
                server.start()
            yield
        finally:
            for server in servers:
                server.stop(seconds=60)

    @property
    def unclean(self) -> Path:
        """A file that is there while a bench writes to the data, with the least id of what it writes."""
        return self.folder.path / "unclean"

    @property
    def _built(self) -> Path:
        return self.folder.path / "built.json"

    def built(self, shape: str) -> dict[str, float] | None:
        """Return what was noted when this folder was built, None when it is to be built anew.

        Newer migrations may run on it, as on any database in use; a changed one asks for a new one.
        """
        try:
            noted = {"migrations": {}, "builder": "", **json.loads(self._built.read_text())}
        except (OSError, ValueError):
            return None
        now = ran()
        same = all(now.get(name) == digest for name, digest in noted["migrations"].items())
        report: dict[str, float] = noted["report"]
        return report if same and noted["builder"] == builder(shape) else None

    def behind(self) -> bool:
        """Say whether there are migrations that have not run on it."""
        return json.loads(self._built.read_text())["migrations"] != ran()

    def note_built(self, shape: str, report: dict[str, float]) -> None:
        """Remember that this folder holds what this program builds."""
        noted = {"builder": builder(shape), "migrations": ran(), "report": report}
        self._built.write_text(json.dumps(noted, indent=1))

    def environment(self, postgres: Postgres | None = None) -> dict[str, str]:
        """Return the settings of a process of ours on these servers."""
        database = postgres or self.postgres
        return {
            **self.locks.keys,
            "BANSHI_DATABASE_URL": database.url("app"),
            "BANSHI_DATABASE_OWNER_URL": database.url("owner"),
            "BANSHI_PLAN_DATABASE_URL": database.url("plan"),
            "BANSHI_REDIS_URL": self.valkey.url,
            "BANSHI_S3_ENDPOINT": self.seaweed.endpoint,
            "BANSHI_S3_ACCESS_KEY": self.seaweed.access_key,
            "BANSHI_S3_SECRET_KEY": self.seaweed.secret_key,
            "BANSHI_CLOCK": "system",
            "BANSHI_SESSION_IDLE_MINUTES": "1440",
            "BANSHI_TRUSTED_PROXIES": "127.0.0.1",
        }

    def settings(self, postgres: Postgres | None = None) -> Settings:
        """Return the same, read."""
        return Settings.read(self.environment(postgres))

    def let_go(self) -> None:
        """Give the folder back."""
        self.folder.let_go()


def builder(shape: str) -> str:
    """Return a word that changes with how the data is made; `shape` says how much of it."""
    digest = hashlib.sha256(shape.encode())
    for source in SOURCES:
        for file in sorted(Path(source).glob("*.py")):
            digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def ran() -> dict[str, str]:
    """Return every migration by name, with a hash of what it does."""
    files = [path for config in migrations.app_configs() for path in migrations._files(config)]
    return {file.stem: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
