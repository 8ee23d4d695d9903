"""A process of our own code under the supervisor: an API process or a worker."""

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from storage.embedded.process import ServerProcess
from storage.embedded.trouble import DidNotStart

FRUGAL = {"MALLOC_ARENA_MAX": "2", "PYTHONUNBUFFERED": "1"}


class Child:
    """`python -m MODULE`, with a pipe on which it says that it is ready."""

    def __init__(
        self, name: str, module: str, *, folder: Path, env: Mapping[str, str], keep: Sequence[int] = ()
    ) -> None:
        self.name = name
        self.module = module
        self.server = ServerProcess(name, folder / name)
        self.env = dict(env)
        self.keep = tuple(keep)
        self._pipe: int | None = None
        self._ready = False

    def start(self) -> None:
        """Start it; `ready` tells when it is of use."""
        self._hang_up()
        self._ready = False
        self._pipe, theirs = os.pipe()
        os.set_blocking(self._pipe, False)
        env = self.env | FRUGAL | {"BANSHI_READY_FD": str(theirs)}
        try:
            self.server.launch(
                [sys.executable, "-m", self.module], env=env, keep=(*self.keep, theirs), folder=None
            )
        finally:
            os.close(theirs)

    def ready(self) -> bool:
        """Say whether it has reported."""
        if not self._ready and self._pipe is not None:
            try:
                self._ready = bool(os.read(self._pipe, 100))
            except BlockingIOError:
                return False
            self._hang_up()
        return self._ready

    def wait(self) -> None:
        """Return once it is ready.

        Raises:
            DidNotStart: it ended, or said nothing for a minute.
        """
        self.server.wait(self.ready, seconds=60)

    def ended(self) -> int | None:
        """Return its exit code, None while it runs."""
        popen = self.server.popen
        if popen is None:
            raise DidNotStart(f"{self.name} was not started")
        return popen.poll()

    def ask_to_stop(self) -> None:
        """Send SIGTERM; `stop` waits."""
        popen = self.server.popen
        if popen is not None and popen.poll() is None:
            popen.terminate()

    def stop(self) -> None:
        """End it."""
        self.server.stop()
        self._hang_up()

    def _hang_up(self) -> None:
        if self._pipe is not None:
            os.close(self._pipe)
            self._pipe = None
