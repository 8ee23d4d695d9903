"""The servers that this start needs: those given by address are used, the others are started from wheels."""

import base64
import socket
import subprocess
import threading
from collections.abc import Callable, Mapping
from functools import partial
from typing import Protocol
from urllib.parse import urlsplit

from api.supervisor.folder import KEYS, DataFolder
from api.supervisor.keeper import Keeper
from storage.embedded.postgres import Postgres
from storage.embedded.seaweed import Seaweed
from storage.embedded.trouble import DidNotStart
from storage.embedded.valkey import Valkey

UNKNOWN_YET = {
    "BANSHI_DATABASE_URL": "postgresql://app@127.0.0.1:1/banshi",
    "BANSHI_REDIS_URL": "redis://127.0.0.1:1/0",
    "BANSHI_S3_ENDPOINT": "127.0.0.1:1",
}
"""Stand in for the addresses of servers that are still to be started."""


NOTED = "SELECT coalesce(obj_description(to_regclass('migration'), 'pg_class'), '')"
"""Asks for the note that `api.prepare` leaves at the ledger of migrations; a dump takes it along."""


class Embedded(Protocol):
    """A server from a wheel."""

    fixed: bool

    @property
    def process(self) -> subprocess.Popen[bytes] | None: ...
    def launch(self) -> None: ...
    def wait(self) -> None: ...
    def start(self) -> None: ...
    def stop(self, seconds: float = 8) -> None: ...


def needed(env: Mapping[str, str]) -> set[str]:
    """Return which of UNKNOWN_YET are not given, hence are ours to start; none in production."""
    if env.get("BANSHI_MODE") == "production":
        return set()
    return {name for name in UNKNOWN_YET if not env.get(name)}


def stand_ins(env: Mapping[str, str]) -> dict[str, str]:
    """Return values for what is known only later, so that all other settings can be checked first."""
    missing = needed(env)
    found = {name: UNKNOWN_YET[name] for name in missing}
    if "BANSHI_S3_ENDPOINT" in missing:
        found |= {"BANSHI_S3_ACCESS_KEY": "later", "BANSHI_S3_SECRET_KEY": "later"}
    if env.get("BANSHI_MODE") != "production":
        found |= {name: base64.b64encode(bytes([n]) * 32).decode() for n, name in enumerate(KEYS)}
    return found


class Servers:
    """The embedded servers of one data folder."""

    def __init__(self, folder: DataFolder, env: Mapping[str, str]) -> None:
        self.given = dict(env)
        self.locks = folder.secrets()
        self.running: dict[str, Embedded] = {}
        self.notes: list[str] = []
        ours = needed(env)
        made: dict[str, tuple[str, Embedded]] = {
            "BANSHI_REDIS_URL": ("Valkey", Valkey(folder.path / "valkey", password=self.locks.valkey)),
            "BANSHI_S3_ENDPOINT": (
                "SeaweedFS",
                Seaweed(folder.path / "seaweed", access_key="banshi", secret_key=self.locks.s3),
            ),
            # last: it may have to make its cluster first, while the others start
            "BANSHI_DATABASE_URL": (
                "PostgreSQL",
                Postgres(folder.path / "postgres", secret=self.locks.postgres),
            ),
        }
        self.chosen = {name: server for variable, (name, server) in made.items() if variable in ours}

    def start(self, tell: Callable[[str], None]) -> dict[str, str]:
        """Start what is needed, all at once; return the environment of the children."""
        for variable, text in self.given.items():
            if variable in UNKNOWN_YET and text:
                _reach(variable, text)
        for name, server in self.chosen.items():
            self.running[name] = server
            server.launch()
        for name, server in self.chosen.items():
            server.wait()
            server.fixed = True  # the children know its port
            tell(f"{name} is up")
            if isinstance(server, Postgres):
                self.notes = server.notes
        return self._environment()

    def prepared(self, fingerprint: str, bucket: str) -> bool:
        """Say whether a program with this fingerprint prepared them; not known of servers that were given."""
        if len(self.chosen) < len(UNKNOWN_YET):
            return False
        database, store = self.chosen["PostgreSQL"], self.chosen["SeaweedFS"]
        assert isinstance(database, Postgres) and isinstance(store, Seaweed)
        return store.has_bucket(bucket) and database.psql(NOTED, database="banshi") == fingerprint

    def stop(self, seconds: float = 8) -> None:
        """Stop all at once; kill what does not within `seconds`."""
        threads = [threading.Thread(target=server.stop, args=[seconds]) for server in self.running.values()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.running = {}

    def keepers(self) -> list[Keeper]:
        """Return what starts each of them again, on its port, should it end."""
        return [
            Keeper(name, start=server.start, ended=partial(_ended, server))
            for name, server in self.running.items()
        ]

    def _environment(self) -> dict[str, str]:
        own: dict[str, str] = dict(self.locks.keys)
        if self.given.get("BANSHI_DATABASE_URL"):  # somebody's own server, given as one address
            own["BANSHI_DATABASE_OWNER_URL"] = self.given["BANSHI_DATABASE_URL"]
        for server in self.chosen.values():
            if isinstance(server, Postgres):
                own["BANSHI_DATABASE_URL"] = server.url("app")
                own["BANSHI_DATABASE_OWNER_URL"] = server.url("owner")
                own["BANSHI_PLAN_DATABASE_URL"] = server.url("plan")
            elif isinstance(server, Valkey):
                own["BANSHI_REDIS_URL"] = server.url
            elif isinstance(server, Seaweed):
                own["BANSHI_S3_ENDPOINT"] = server.endpoint
                own["BANSHI_S3_ACCESS_KEY"] = server.access_key
                own["BANSHI_S3_SECRET_KEY"] = server.secret_key
        return own


def _ended(server: Embedded) -> int | None:
    return server.process.poll() if server.process is not None else 1


def _reach(variable: str, address: str) -> None:
    parts = urlsplit(address if "://" in address else f"//{address}")
    usual = {"postgresql": 5432, "postgres": 5432, "redis": 6379, "rediss": 6379, "https": 443}
    host, port = parts.hostname or "", parts.port or usual.get(parts.scheme, 80)
    try:
        socket.create_connection((host, port), timeout=5).close()
    except OSError as error:
        why = error.strerror or str(error)
        raise DidNotStart(f"{variable} does not work: nothing answers at {host}:{port} ({why})") from error
