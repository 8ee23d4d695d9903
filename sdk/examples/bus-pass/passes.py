"""Passes for old people's rides: who has one, since when, and until when its yearly review holds.

One SQLite file; a row goes when its citizen takes his consent back.
"""

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Literal

import msgspec

FREE, REDUCED = 70, 60  # years of age: 浙江省老年人优待办法
TABLE = """CREATE TABLE IF NOT EXISTS pass
    (user_id TEXT PRIMARY KEY, sub TEXT NOT NULL, number INTEGER NOT NULL, reviewed_on TEXT)"""
OF_WHOM = "CREATE INDEX IF NOT EXISTS pass_sub ON pass (sub)"
FIRST_NUMBER = 33_0100_0001


class Pass(msgspec.Struct, frozen=True):
    """What the page shows of a pass; its number is masked."""

    kind: Literal["free", "reduced", "none"]  # none: too young
    serial: str
    reviewed: bool  # for this year
    until: str  # the last day on which it rides


def age(born_on: date, today: date) -> int:
    """Return somebody's age in years."""
    return today.year - born_on.year - ((today.month, today.day) < (born_on.month, born_on.day))


def kind_for(born_on: date, today: date) -> Literal["free", "reduced", "none"]:
    """Return which pass somebody may have."""
    years = age(born_on, today)
    return "free" if years >= FREE else "reduced" if years >= REDUCED else "none"


class Passes:
    """All passes, in one file."""

    def __init__(self, file: str | Path) -> None:
        self.file = str(file)
        with closing(self._open()) as there, there:
            there.execute(TABLE)
            there.execute(OF_WHOM)

    def of(self, user_id: str, sub: str, born_on: date, *, today: date) -> Pass:
        """Return somebody's pass, which is made where there is none and he is old enough."""
        kind = kind_for(born_on, today)
        if kind == "none":
            return Pass(kind, "", False, "")
        with closing(self._open()) as there, there:
            there.execute(
                "INSERT OR IGNORE INTO pass SELECT ?, ?, coalesce(max(number), ?) + 1, NULL FROM pass",
                [user_id, sub, FIRST_NUMBER],
            )
            wanted = "SELECT number, reviewed_on FROM pass WHERE user_id = ?"
            number, reviewed_on = there.execute(wanted, [user_id]).fetchone()
        reviewed = reviewed_on is not None and date.fromisoformat(reviewed_on).year == today.year
        until = date(today.year + 1 if reviewed else today.year, 12, 31)
        return Pass(kind, f"{str(number)[:3]}****{str(number)[-3:]}", reviewed, until.isoformat())

    def review(self, user_id: str, *, today: date) -> None:
        """Enter the review of this year; once more changes nothing."""
        with closing(self._open()) as there, there:
            there.execute("UPDATE pass SET reviewed_on = ? WHERE user_id = ?", [today.isoformat(), user_id])

    def forget(self, sub: str) -> None:
        """Delete all that is kept of a citizen."""
        with closing(self._open()) as there, there:
            there.execute("DELETE FROM pass WHERE sub = ?", [sub])

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self.file, timeout=5)
