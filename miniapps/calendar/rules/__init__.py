"""Which days are worked, and how notices about them are written.

行政许可法 Art. 82: limits are counted in working days, without statutory holidays.
"""

from miniapps.calendar.rules._days import Calendar, compose
from miniapps.calendar.rules._notice import FIRST_YEAR, LAST_YEAR, Day, Notice, parse

__all__ = ["FIRST_YEAR", "LAST_YEAR", "Calendar", "Day", "Notice", "compose", "parse"]
