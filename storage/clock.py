"""Time: one clock in settings, `now` handed down.  Nothing below `api` asks for the time itself."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def system_now() -> datetime:
    """Return the machine's time, aware, in UTC."""
    return datetime.now(UTC)


def local_date(at: datetime) -> date:
    """Return the calendar date of `at` in Asia/Shanghai: the date that statutory clocks count."""
    return at.astimezone(SHANGHAI).date()
