"""`banshi run`: start everything, keep it running, end everything."""

import errno
import shutil
import signal
import socket
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType
from typing import Literal

from api.settings import Settings
from api.supervisor.child import Child
from api.supervisor.fingerprint import fingerprint
from api.supervisor.folder import DataFolder
from api.supervisor.keeper import Keeper
from api.supervisor.logfile import LogFile
from api.supervisor.servers import Servers, stand_ins
from storage.embedded import pidfile
from storage.embedded.trouble import DidNotStart

Part = Literal["api", "worker"]
Tell = Callable[[str], None]

POLL_S = 0.2
ROTATE_EVERY = 150  # polls
STOP_S = 9.5  # from the request to stop until everything has ended, if need be by force
CHILDREN_S = 6.0  # of these for our processes, whose requests and jobs get five seconds
SERVER_FOLDERS = ("postgres", "seaweed", "valkey")


class Stop(BaseException):
    """SIGINT or SIGTERM came."""


class Supervisor:
    """One run over one data folder.

    Args:
        env: the environment, as the person who starts it gave it.
        parts: which of our processes to run here.
        tell: prints one line of progress.
    """

    def __init__(self, env: Mapping[str, str], *, parts: set[Part], tell: Tell) -> None:
        self.env = {name: text for name, text in env.items() if name.startswith("BANSHI_") and text}
        self.settings = Settings.read(stand_ins(self.env) | self.env)
        self.parts = parts
        self.tell = tell
        self.folder = DataFolder(self.settings.data)
        self.servers: Servers | None = None
        self.children: list[Child] = []
        self.preparing: Child | None = None
        self.listener: socket.socket | None = None

    def run(self) -> None:
        """Run until SIGINT or SIGTERM.

        Raises:
            DidNotStart: one line says what is in the way.
        """
        signal.signal(signal.SIGINT, _raise_stop)
        signal.signal(signal.SIGTERM, _raise_stop)
        self.folder.hold()
        try:
            self._start()
            self._watch()
        except Stop:
            self.tell("stopping")
            self._end()
            self.tell("stopped")
        except BaseException:
            _hear_no_more()
            self._end()
            raise

    def _start(self) -> None:
        begun = time.monotonic()
        self._end_orphans()
        if "api" in self.parts:
            self.listener = listen(self.settings.host, self.settings.port)
        self._load_children()
        settings = self._start_servers()
        env = settings.as_env()
        self._prepare(settings)
        for child in self.children:
            child.go(env)
        for child in self.children:
            child.wait()
            self.tell(f"{child.name} is up")
        self.folder.announce(env)
        for line in links(self.settings, self.parts):
            self.tell(line)
        took = time.monotonic() - begun
        self.tell(f"started in {took:.1f} s; logs are in {self.folder.path}; Ctrl-C ends it")

    def _load_children(self) -> None:
        """Start our processes, which load while the servers start."""
        figures = self.folder.path / "metrics"
        _empty(figures)
        common = {"BANSHI_DATA": str(self.folder.path), "PROMETHEUS_MULTIPROC_DIR": str(figures)}
        if self.listener is not None:
            fd = self.listener.fileno()
            env = common | {"BANSHI_LISTEN_FD": str(fd)}
            self.children += [
                Child(f"api-{number}", "api.serve", folder=self.folder.path, env=env, keep=[fd])
                for number in range(1, self.settings.processes + 1)
            ]
        if "worker" in self.parts:
            self.children.append(Child("worker", "api.worker", folder=self.folder.path, env=common))
        for child in self.children:
            child.start()

    def _prepare(self, settings: Settings) -> None:
        """Migrate and seed, unless this very program did; a process of its own gives its memory back."""
        if self.servers and self.servers.prepared(fingerprint(settings), settings.objects.bucket):
            return
        self.preparing = Child("prepare", "api.prepare", folder=self.folder.path, env={})
        self.preparing.start()
        self.preparing.go(settings.as_env())
        for line in self.preparing.finish():
            self.tell(line)

    def _end_orphans(self) -> None:
        """End what an earlier, killed supervisor left: our own processes before the servers."""
        for file in sorted(self.folder.path.glob("*.pid"), key=lambda file: file.stem in SERVER_FOLDERS):
            if pidfile.recorded(file):
                self.tell(f"ending {file.stem}, which an earlier start left behind")
            stop = signal.SIGINT if file.stem == "postgres" else signal.SIGTERM
            pidfile.end_recorded(file, stop=stop)

    def _start_servers(self) -> Settings:
        own: dict[str, str] = {}
        if not self.settings.production:
            self.servers = Servers(self.folder, self.env)
            own = self.servers.start(self.tell)
            for note in self.servers.notes:
                self.tell(note)
        data = {"BANSHI_DATA": str(self.folder.path)}
        return Settings.read(own | self.env | data)

    def _watch(self) -> None:
        keepers = [Keeper(child.name, start=child.start, ended=child.ended) for child in self.children]
        keepers += self.servers.keepers() if self.servers else []
        logs = [LogFile(child.server.log) for child in self.children]
        others = [LogFile(self.folder.path / f"{name}.log") for name in SERVER_FOLDERS]
        for keeper in keepers:
            keeper.started(time.monotonic())
        polls = 0
        while True:
            time.sleep(POLL_S)
            polls += 1
            for line in filter(None, [keeper.tend(time.monotonic()) for keeper in keepers]):
                self.tell(line)
            for log in logs:
                for line in log.loud():
                    self.tell(f"{log.path.stem}: {line}")
            if polls % ROTATE_EVERY == 0:
                for log in [*logs, *others]:
                    log.rotate()

    def _end(self) -> None:
        """End our processes, then the servers; who is killed loses nothing: journals and leases see to it."""
        begun = time.monotonic()
        children = [*self.children, *([self.preparing] if self.preparing else [])]
        for child in children:
            child.ask_to_stop()
        for child in children:
            child.stop(max(0.1, begun + CHILDREN_S - time.monotonic()))
        if self.servers is not None:
            self.servers.stop(max(1.0, begun + STOP_S - time.monotonic()))
        if self.listener is not None:
            self.listener.close()
        self.folder.let_go()


def listen(host: str, port: int) -> socket.socket:
    """Return the socket that all API processes share; who connects before they are up is served then.

    Raises:
        DidNotStart: the port is in use, or not ours to take.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((host, port))
        made.listen(1024)
    except OSError as error:
        made.close()
        if error.errno == errno.EADDRINUSE:
            raise DidNotStart(
                f"port {port} is in use by another program: give another, e.g. BANSHI_PORT=8010"
            ) from error
        raise DidNotStart(
            f"{host}:{port} (BANSHI_HOST, BANSHI_PORT) cannot be listened on: {error.strerror}"
        ) from error
    return made


NO_SCANNER = "  note: uploads are checked for structure, not for viruses (BANSHI_SCAN=structure)"


def links(settings: Settings, parts: set[Part]) -> list[str]:
    """Return the line that says where it serves, and the addresses worth opening."""
    if "api" not in parts:
        return ["ready"]
    base = f"http://127.0.0.1:{settings.port}"
    found = [f"ready {base}"]
    if not settings.production:
        found += [
            f"  start page  {base}/",
            f"  GraphQL     {base}/graphql (in a browser: try queries)",
            f"  sign in as  {base}/sandbox/personas (docs/quickstart.md shows how)",
        ]
    found += [f"  health      {base}/readyz", f"  figures     {base}/metrics"]
    return found if settings.scan == "clamd" else [*found, NO_SCANNER]


def _empty(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()


def _raise_stop(number: int, frame: FrameType | None) -> None:
    _hear_no_more()
    raise Stop


def _hear_no_more() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
