"""What the looking process tells the waiting one, line by line: when it is ended, nothing is lost."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import msgspec

from banshi.findings import Finding

LONGEST = 500  # characters of what is told in a page's own words
JOB, LINES, SHOTS, ERRORS = "job", "lines", "shots", "errors"


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be looked at, and by which browser."""

    manifest: bytes  # JSON
    files: dict[str, bytes]
    chromium: str
    has_sandbox: bool


class Line(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One of: something found; where the looking stands; that the browser is up; that all is done."""

    found: Finding | None = None
    step: str = ""  # the file that is looked at from now on
    is_ready: bool = False
    is_walled: bool = False  # the kernel keeps it and its browser apart from everything
    is_done: bool = False


class Journal:
    """The lines and pictures in a folder, as their writer has it."""

    def __init__(self, folder: Path) -> None:
        self._lines = (folder / LINES).open("ab", buffering=0)
        self._shots = folder / SHOTS
        self._shots.mkdir(exist_ok=True)
        self.step = ""

    def write(self, line: Line) -> None:
        """Add a line."""
        self.step = line.step or self.step
        told = line if line.found is None else Line(found=_clean(line.found))
        self._lines.write(msgspec.json.encode(told) + b"\n")

    def shoot(self, name: str, picture: bytes) -> None:
        """Add a picture (PNG)."""
        (self._shots / name).write_bytes(picture)


def _clean(found: Finding) -> Finding:
    """Return a finding that can be written down, whatever the page says: short, and of letters that show."""
    problem, fix, selector = (_shown(text[:LONGEST]) for text in (found.problem, found.fix, found.selector))
    return replace(found, problem=problem, fix=fix, selector=selector)


def _shown(text: str) -> str:
    return "".join(each if each.isprintable() else " " for each in text)


def read(folder: Path) -> list[Line]:
    """Return the lines that were written whole."""
    file = folder / LINES
    whole = file.read_bytes().rpartition(b"\n")[0] if file.exists() else b""
    return [msgspec.json.decode(line, type=Line) for line in whole.splitlines()]


def pictures(folder: Path, *, largest: int) -> Mapping[str, bytes]:
    """Return the pictures of at most `largest` bytes, by name."""
    files = sorted((folder / SHOTS).glob("*.png"))
    return {file.name: file.read_bytes() for file in files if file.stat().st_size <= largest}
