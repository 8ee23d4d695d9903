"""A platform of the demonstration's own over a temporary folder, and the mini-app's back end."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from storage.embedded.process import end, free_port

READY_S = 120  # seconds; a cold machine unpacks wheels


class NotReady(Exception):
    """Something did not start; the message is its last line."""


class Program:
    """One child process whose output is read line by line."""

    def __init__(self, command: list[str], *, env: dict[str, str], hear: Callable[[str], None]) -> None:
        self.lines: list[str] = []
        self.hear = hear
        self.process = subprocess.Popen(  # noqa: S603 (our own programs)
            command,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for raw in self.process.stdout:
            line = raw.decode(errors="replace").rstrip()
            self.lines.append(line)
            self.hear(line)

    def wait(self, ready: Callable[[], bool]) -> None:
        """Return once `ready()`.

        Raises:
            NotReady: the program ended, or took more than two minutes.
        """
        until = time.monotonic() + READY_S
        while not ready():
            if self.process.poll() is not None or time.monotonic() > until:
                self.stop()
                raise NotReady((self.lines or ["no output"])[-1])
            time.sleep(0.05)

    def stop(self) -> None:
        """Ask the program to end, and make it end."""
        end(self.process, seconds=15)
        self.reader.join(timeout=5)
        if self.process.stdout is not None:
            self.process.stdout.close()


class DemoPlatform:
    """Real servers, the API and the worker over `folder`, with a clock that can be moved.

    Browsers use passkeys only where `host` is a name, "localhost" for example.
    """

    def __init__(self, folder: Path, *, hear: Callable[[str], None], host: str = "127.0.0.1") -> None:
        self.port = free_port()
        self.url = f"http://{host}:{self.port}"
        own = {name: text for name, text in os.environ.items() if not name.startswith("BANSHI_")}
        self.env = {
            **own,
            "BANSHI_DATA": str(folder),
            "BANSHI_PORT": str(self.port),
            "BANSHI_PUBLIC_URL": self.url,
            "BANSHI_CLOCK": "shift",
        }
        self.program = Program([sys.executable, "-m", "api.cli", "run"], env=self.env, hear=hear)

    def wait(self) -> None:
        """Return once the platform says it is ready; raises NotReady."""
        self.program.wait(lambda: any(line.startswith("ready ") for line in self.program.lines))

    def stop(self) -> None:
        """End the platform and its servers."""
        self.program.stop()


class MiniAppServer:
    """The third party's back end, run as its developer would run it: it knows the SDK and an address."""

    def __init__(self, folder: Path, platform_url: str, *, hear: Callable[[str], None]) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        env = {**os.environ, "MINIAPP_PLATFORM": platform_url, "MINIAPP_PORT": str(self.port)}
        self.program = Program([sys.executable, str(folder / "app.py")], env=env, hear=hear)

    def wait(self) -> None:
        """Return once it answers; raises NotReady."""
        self.program.wait(self._answers)

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/healthz", timeout=1, trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False

    def stop(self) -> None:
        """End it."""
        self.program.stop()
