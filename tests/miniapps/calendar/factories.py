"""Notices and calendars for tests."""

from functools import cache
from importlib.resources import files

from miniapps.calendar.rules import Calendar, compose, parse

NOTICE_2027 = """
# 2027 as it might be set
notice 2027 国办发明电〔2026〕0号（测试）
work 2026-12-27 元旦
off  2027-01-01..2027-01-03 元旦
off  2027-02-05..2027-02-12 春节
off  2027-05-01..2027-05-05 劳动节
work 2027-05-08 劳动节
off  2027-10-01..2027-10-07 国庆节
"""


@cache
def shipped() -> Calendar:
    """The calendar that a new system starts with."""
    return compose(parse((files("miniapps.calendar") / "data" / "notices.txt").read_text(encoding="utf-8")))
