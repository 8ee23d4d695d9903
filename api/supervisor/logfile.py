"""Log files of children: bounded in size, and read along for what a person at the console should see."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import msgspec

CAP_BYTES = 10 * 2**20  # per file; one older file of this size is kept
LOUD = {"warning", "error", "critical"}


class LogFile:
    """A file that a child appends to."""

    def __init__(self, path: Path, *, cap: int = CAP_BYTES) -> None:
        self.path = path
        self.cap = cap
        self._read = path.stat().st_size if path.exists() else 0

    def rotate(self) -> None:
        """Keep a copy and begin anew once the file is too long; the child goes on appending.

        What it writes between copy and cut is lost: a few lines, once in 10 MiB.
        """
        if self.path.exists() and self.path.stat().st_size > self.cap:
            shutil.copyfile(self.path, self.path.with_name(self.path.name + ".1"))
            with self.path.open("r+b") as file:
                file.truncate(0)
            self._read = 0

    def loud(self) -> Iterator[str]:
        """Yield the warnings and worse that were written since the last call, shortened."""
        if not self.path.exists() or self.path.stat().st_size <= self._read:
            return
        with self.path.open("rb") as file:
            file.seek(self._read)
            news = file.read(2**20)
        whole = news.rfind(b"\n") + 1
        self._read += whole
        for line in news[:whole].splitlines():
            if (told := _loud(line)) is not None:
                yield told


def _loud(line: bytes) -> str | None:
    try:
        entry = msgspec.json.decode(line)
    except msgspec.DecodeError:
        return None
    if not isinstance(entry, dict) or entry.get("level") not in LOUD:
        return None
    reason = entry.get("reason") or entry.get("code") or ""
    return f"{entry['level']}: {entry.get('event', '')} {reason}".strip()[:200]
