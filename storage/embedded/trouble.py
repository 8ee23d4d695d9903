"""Why a server did not start, in one line that says what to do."""

import re
from pathlib import Path


class DidNotStart(Exception):
    """A server cannot be started; the message says which and why, in one line."""


class PortTaken(DidNotStart):
    """Another program listens on the port."""


FULL = re.compile(r"no space left on device|disk quota exceeded", re.IGNORECASE)
TAKEN = re.compile(r"address already in use|port \d+ for .* is not available", re.IGNORECASE)
DAMAGED = re.compile(
    r"bad file format reading the append only file|unexpected end of file reading the append only"
    r"|valid checkpoint record|control file|pg_filenode\.map|could not read file|invalid page"
    r"|not a valid data directory|files are incompatible|corrupt",
    re.IGNORECASE,
)
WEIGHTY = re.compile(r"fatal|panic|error|bad |fail|cannot|can't|could not", re.IGNORECASE)
PREFIX = re.compile(r"^(\d{4}-\d\d-\d\d [\d:.]+ \S+ \[\d+\] )|^(\d+:\w \d+ \w+ \d{4} [\d:.]+ \S )")


def explain(name: str, folder: Path, output: str, *, log: Path) -> DidNotStart:
    """Return the refusal that fits what the server printed."""
    lines = [line.strip() for line in output.splitlines() if line.strip()] or ["no output"]
    weighty = [line for line in lines if WEIGHTY.search(line)] or lines[-1:]
    if FULL.search(output):
        return DidNotStart(f"{name} did not start: the disk that holds {folder} is full")
    if TAKEN.search(output):
        return PortTaken(f"{name} did not start: its port is in use by another program")
    damage = next((line for line in weighty if DAMAGED.search(line)), None)
    if damage:
        return DidNotStart(f"{name} did not start: its data in {folder} is damaged ({_short(damage)})")
    return DidNotStart(f"{name} did not start: {_short(weighty[-1])} (log: {log})")


def _short(line: str) -> str:
    return PREFIX.sub("", line)[:300]
