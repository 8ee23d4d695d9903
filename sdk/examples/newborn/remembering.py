"""What is kept of citizens: which of their cases were decided, and when; no name, nothing that they typed.

A row goes when the citizen takes his consent back, and by itself after the days that the manifest promises.
"""

import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

TABLE = "CREATE TABLE IF NOT EXISTS decided (case_id TEXT PRIMARY KEY, sub TEXT NOT NULL, at TEXT NOT NULL)"
OF_WHOM = "CREATE INDEX IF NOT EXISTS decided_sub ON decided (sub)"


class Decisions:
    """Decided cases by citizen, in one SQLite file; `sub` is who he is to this mini-app alone."""

    def __init__(self, file: str | Path, *, days: int) -> None:
        self.file, self.kept = str(file), timedelta(days=days)
        with closing(self._open()) as there, there:
            there.execute(TABLE)
            there.execute(OF_WHOM)

    def note(self, sub: str, case_id: str, at: datetime) -> None:
        """Keep one decision; the same one again changes nothing.  What is too old goes."""
        with closing(self._open()) as there, there:
            there.execute("DELETE FROM decided WHERE at < ?", [_text(at - self.kept)])
            there.execute("INSERT OR IGNORE INTO decided VALUES (?, ?, ?)", [case_id, sub, _text(at)])

    def of(self, sub: str, *, now: datetime) -> dict[str, datetime]:
        """Return when each of a citizen's cases was decided, by the case's id."""
        wanted = "SELECT case_id, at FROM decided WHERE sub = ? AND at >= ?"
        with closing(self._open()) as there:
            rows = there.execute(wanted, [sub, _text(now - self.kept)]).fetchall()
        return {case_id: datetime.fromisoformat(at) for case_id, at in rows}

    def forget(self, sub: str) -> None:
        """Delete all that is kept of a citizen."""
        with closing(self._open()) as there, there:
            there.execute("DELETE FROM decided WHERE sub = ?", [sub])

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self.file, timeout=5)


def _text(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
