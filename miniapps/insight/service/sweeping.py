"""Minutes become hours, and hours go."""

from datetime import datetime

from miniapps.insight.rules.counting import KEPT_HOURS, KEPT_MINUTES
from miniapps.insight.rules.limits import KEPT, WINDOW
from miniapps.insight.service.rows import ROLL_UP
from storage.db import execute, fetch, transaction

LOCK = 0x696E7369  # any number, the same in every process


async def sweep(*, now: datetime) -> None:
    """Turn the minutes of whole hours that are old into hours; drop what is past keeping."""
    whole_hour = (now - KEPT_MINUTES).replace(minute=0, second=0, microsecond=0)
    async with transaction():
        await fetch("SELECT pg_advisory_xact_lock($1)", LOCK)
        await execute(ROLL_UP, whole_hour)
        await execute("DELETE FROM app_usage WHERE span = 'hour' AND at < $1", now - KEPT_HOURS)
        await execute("DELETE FROM app_visitor WHERE seen_at < $1", now - WINDOW)
        await execute("DELETE FROM app_problem WHERE last_seen_at < $1", now - KEPT)
