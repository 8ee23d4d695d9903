"""A process of our own code under the supervisor: an API process, a worker, or the one that prepares."""

import contextlib
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from storage.embedded.process import ServerProcess
from storage.embedded.trouble import DidNotStart

FRUGAL = {"MALLOC_ARENA_MAX": "2", "PYTHONUNBUFFERED": "1"}


class Child:
    """`python -m MODULE`: it loads, waits for `go`, and says on a pipe when it is ready.

    Args:
        name: of its log and pid file in `folder`.
        env: what it must know from its very start.
        keep: open files that it inherits.
    """

    def __init__(
        self, name: str, module: str, *, folder: Path, env: Mapping[str, str], keep: Sequence[int] = ()
    ) -> None:
        self.name = name
        self.module = module
        self.server = ServerProcess(name, folder / name)
        self.env = dict(env)
        self.keep = tuple(keep)
        self._given: bytes | None = None  # what `go` told, for later starts
        self._go: int | None = None
        self._pipe: int | None = None
        self._ready = False

    def start(self) -> None:
        """Start it; if it was told to go before, it goes at once."""
        self._hang_up()
        self._ready = False
        self._pipe, ready = os.pipe()
        os.set_blocking(self._pipe, False)
        go, self._go = os.pipe()
        env = self.env | FRUGAL | {"BANSHI_READY_FD": str(ready), "BANSHI_GO_FD": str(go)}
        try:
            command = [sys.executable, "-m", self.module]
            self.server.launch(command, env=env, keep=(*self.keep, ready, go), folder=None)
        finally:
            os.close(ready)
            os.close(go)
        self._send()

    def go(self, env: Mapping[str, str]) -> None:
        """Hand it the rest of its environment, through a pipe: nobody can look it up there."""
        self._given = msgspec.json.encode(dict(env))
        self._send()

    def ready(self) -> bool:
        """Say whether it has reported."""
        if not self._ready and self._pipe is not None:
            with contextlib.suppress(BlockingIOError):
                self._ready = bool(os.read(self._pipe, 100))
        return self._ready

    def wait(self) -> None:
        """Return once it is ready.

        Raises:
            DidNotStart: it ended, or said nothing for two minutes.
        """
        self.server.wait(self.ready, seconds=120)

    def finish(self) -> list[str]:
        """Return what it printed, once it has ended well.

        Raises:
            DidNotStart: it ended otherwise; its last line says why.
        """
        assert self.server.popen is not None, "start comes first"
        code = self.server.popen.wait()
        lines = self.server.news().strip().splitlines()
        self.stop()
        if code:
            raise DidNotStart(lines[-1] if lines else f"{self.name} ended with code {code}")
        return lines

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

    def stop(self, seconds: float = 8) -> None:
        """End it, by force after `seconds`."""
        self.server.stop(seconds)
        self._hang_up()

    def _send(self) -> None:
        if self._go is not None and self._given is not None:
            with contextlib.suppress(BrokenPipeError), open(self._go, "wb") as pipe:
                pipe.write(self._given)
            self._go = None

    def _hang_up(self) -> None:
        for fd in (self._pipe, self._go):
            if fd is not None:
                os.close(fd)
        self._pipe = self._go = None
