"""The developer's program, run beside the simulator and started anew when a file changes."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

READY_S, END_S = 20.0, 8.0
LOOK_S = 0.4
SKIPPED = {".miniapp", ".git", ".venv", "venv", "__pycache__", "node_modules"}
LINES = 40  # of what it says before it ends


class Program:
    """One program; `heard` gets each line that it writes."""

    def __init__(self, file: Path, port: int, env: Mapping[str, str], heard: Callable[[str], None]) -> None:
        self.file, self.port, self.heard = file, port, heard
        self._env = {**os.environ, **env, "PYTHONUNBUFFERED": "1"}
        self._process: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()

    async def start(self) -> bool:
        """Start it; say whether it runs."""
        self._ready.clear()
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "banshi.simulator.child", self.file.name, str(self.port),
            cwd=self.file.parent, env=self._env, stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        self._reading = asyncio.create_task(self._read(self._process))
        ready = asyncio.create_task(self._ready.wait())
        await asyncio.wait([ready, self._reading], timeout=READY_S, return_when="FIRST_COMPLETED")
        ready.cancel()
        return self._ready.is_set()

    async def stop(self) -> None:
        """Let it answer what is under way, and end it."""
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGINT)
            try:
                await asyncio.wait_for(process.wait(), END_S)
            except TimeoutError:
                process.kill()
                await process.wait()
        if self._reading is not None:
            await asyncio.wait([self._reading], timeout=1)

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        async for raw in process.stdout:
            line = raw.decode(errors="replace").rstrip()
            if line == "ready":
                self._ready.set()
            elif line:
                self.heard(line)


class Watch:
    """Notices files that change, by looking: no platform's own machinery, and a folder holds few."""

    def __init__(self, folder: Path, *, wanted: Callable[[Path], bool]) -> None:
        self.folder = folder
        self._wanted = wanted
        self._seen = self._look()

    def _look(self) -> dict[Path, int]:
        found: dict[Path, int] = {}
        for root, folders, names in os.walk(self.folder):
            folders[:] = [name for name in folders if name not in SKIPPED]
            for name in names:
                path = Path(root, name)
                if not self._wanted(path):
                    continue
                with suppress(OSError):
                    found[path] = path.stat().st_mtime_ns
        return found

    async def changes(self) -> set[Path]:
        """Return the files that have changed, come or gone since the last time, once there are any."""
        while True:
            await asyncio.sleep(LOOK_S)
            now = await asyncio.to_thread(self._look)
            changed = {
                path for path in now.keys() | self._seen.keys() if now.get(path) != self._seen.get(path)
            }
            self._seen = now
            if changed:
                return changed
