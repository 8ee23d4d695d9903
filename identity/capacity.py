"""Capacity to act (民事行为能力): what somebody may do alone, by his age and his own labour.  Pure.

Source: 民法典 17 (full from eighteen), 18 (and from sixteen for who lives mainly on his own labour), 19
(limited from eight: by the guardian, or with his consent) and 20 (none before).  What a court finds of an
adult (21, 22, 24) is no matter of age and not told here.
"""

from datetime import date, datetime, time
from enum import IntEnum

from storage.clock import SHANGHAI

CAPABLE_AGE, CONSENT_AGE, WORKING_AGE, ADULT_AGE = 8, 14, 16, 18
"""Years; fourteen is no matter of capacity: own consent to the use of personal data (个人信息保护法 31)."""


class Capacity(IntEnum):
    """What somebody may do alone, from less to more."""

    NONE = 0  # 无民事行为能力: the guardian acts
    LIMITED = 1  # 限制民事行为能力: the guardian acts or agrees, but for what fits the age
    FULL = 2  # 完全民事行为能力


def capacity(birthday: date, *, self_supporting: bool, today: date) -> Capacity:
    """Return the capacity of who was born on `birthday`, on the local day `today`."""
    years = age(birthday, today=today)
    if years >= (WORKING_AGE if self_supporting else ADULT_AGE):
        return Capacity.FULL
    return Capacity.LIMITED if years >= CAPABLE_AGE else Capacity.NONE


def is_minor(birthday: date | None, *, today: date) -> bool:
    """Say whether somebody is under eighteen; no birthday is told only of foreigners with an old card."""
    return birthday is not None and age(birthday, today=today) < ADULT_AGE


def age(birthday: date, *, today: date) -> int:
    """Return the years somebody has completed on the local day `today`."""
    return today.year - birthday.year - ((today.month, today.day) < (birthday.month, birthday.day))


def turns(years: int, birthday: date) -> datetime:
    """Return the moment somebody completes so many years: his birthday's midnight in Shanghai.

    Born on 29 February, one turns so old on 1 March of a common year.
    """
    year = birthday.year + years
    try:
        day = birthday.replace(year=year)
    except ValueError:
        day = date(year, 3, 1)
    return datetime.combine(day, time(), SHANGHAI)
