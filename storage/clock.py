"""Time: one clock in settings, `now` handed down.  Nothing below `api` asks for the time itself.

In mode `shift` the clock stands as far ahead as the table `clock_shift` says, so that all processes
agree.  One that hears PostgreSQL's news (`listener`) remembers the sum until it hears of a change,
milliseconds after it; any other asks each time.  Production runs in mode `system`, where the table is
never read.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from piccolo.columns import UUID, BigInt, Timestamptz
from piccolo.table import Table

from storage.db import DB, execute, fetch
from storage.ids import new_id
from storage.news import Listener
from storage.remembered import Remembered

SHANGHAI = ZoneInfo("Asia/Shanghai")

Mode = Literal["system", "shift"]

_mode: Mode = "system"
_ahead = Remembered[str, timedelta]("clock")  # how far the clock is ahead
SUM = "sum"  # the one thing remembered


class ClockShift(Table, db=DB, tablename="clock_shift"):
    """One push of the sandbox clock; the clock is ahead by the sum of all."""

    id = UUID(primary_key=True, default=new_id)
    by_us = BigInt()  # microseconds, may be negative
    made_at = Timestamptz()  # machine's time


class ClockIsReal(Exception):
    """The clock was to be moved in mode `system`; start with BANSHI_CLOCK=shift."""


def configure(mode: Mode) -> None:
    """Choose the clock of this process."""
    global _mode
    _mode = mode


def system_now() -> datetime:
    """Return the machine's time, aware, in UTC."""
    return datetime.now(UTC)


def local_date(at: datetime) -> date:
    """Return the calendar date of `at` in Asia/Shanghai: the date that statutory clocks count."""
    return at.astimezone(SHANGHAI).date()


async def now() -> datetime:
    """Return the time that composition roots hand down, aware, in UTC."""
    return at_hand() or system_now() + await _ask()


def at_hand() -> datetime | None:
    """Return what `now` would, if nobody need be asked."""
    if _mode == "system":
        return system_now()
    ahead = _ahead.get(SUM)
    return None if ahead is None else system_now() + ahead


async def _ask() -> timedelta:
    before = _ahead.changes
    rows = await fetch("SELECT coalesce(sum(by_us), 0)::bigint AS by_us FROM clock_shift")
    ahead = timedelta(microseconds=rows[0]["by_us"])
    _ahead.keep(SUM, ahead, before)
    return ahead


def listener() -> Listener:
    """Return what makes this process remember the shift while it hears of changes (see storage.news)."""
    return _ahead.listener()


async def shift(by: timedelta) -> datetime:
    """Move the clock of all processes by `by` and return the new time.

    Raises:
        ClockIsReal: in mode `system`.
    """
    _check_movable()
    await execute(
        "INSERT INTO clock_shift (id, by_us, made_at) VALUES ($1, $2, $3)",
        new_id(), by // timedelta(microseconds=1), system_now(),
    )  # fmt: skip
    _ahead.forget()
    return await now()


async def reset() -> None:
    """Put the clock of all processes back to the machine's.

    Raises:
        ClockIsReal: in mode `system`.
    """
    _check_movable()
    await execute("DELETE FROM clock_shift")
    _ahead.forget()


def _check_movable() -> None:
    if _mode == "system":
        raise ClockIsReal("The clock moves only with BANSHI_CLOCK=shift.")
