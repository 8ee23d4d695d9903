"""Random values as hard as rows can hold them: every escape of JSON, every width of UTF-8, odd moments."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import TypeVar
from uuid import UUID

T = TypeVar("T")

FAR = date(2099, 12, 31)
NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)

CONTROLS = "".join(map(chr, (*range(1, 32), 127)))
PIECES = (
    "", "a", " ", '"', "\\", "\\u0001", "'", "''", "%s %d %%", "{t}.id {v.person_id} {}", "$1", "</script>",
    "\x01", "\x02", "\x03", "\x010:\x02", "\b\t\n\f\r", "\x1f", "\x7f", "\x80\x9f", "\u2028\u2029", "\ufeff",
    "汉字", "𠮷野家", "😀👩‍👩‍👧", "é", "e\u0301", "\u202eright to left", "\uffff", "NULL", "null", CONTROLS,
)  # fmt: skip
MICROSECONDS = (0, 0, 0, 1, 10, 120_000, 123_000, 123_456, 500_000, 999_999, 100_000)


def text(dice: Random, most: int = 2_000, *, least: int = 0) -> str:
    """Return a string of `least` to `most` characters; one in forty is as long as it may be."""
    if dice.random() < 0.025:
        found = "".join(dice.choices(PIECES, k=most))
    else:
        found = "".join(dice.choices(PIECES, k=dice.randrange(5)))
    return found[:most] if len(found) >= least else "x" * least


def moment(dice: Random) -> datetime:
    """Return a moment between 1970 and the end of the next century, its microseconds often round."""
    day = date(1970, 1, 1) if dice.random() < 0.05 else date(2026, 1, 1)
    seconds = dice.choice((0, 59, dice.randrange(86_400), dice.randrange(86_400 * 700)))
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return start + timedelta(seconds=seconds, microseconds=dice.choice(MICROSECONDS))


def day(dice: Random) -> date:
    """Return a day: mostly near the tests' noon, sometimes on it or far away."""
    near = NOON.date() + timedelta(days=dice.randrange(-400, 400))
    return dice.choice((near, near, near, NOON.date(), FAR, date(1900, 2, 28)))


def uuid(dice: Random) -> UUID:
    """Return an id of version 7, at a random time."""
    return UUID(int=(dice.getrandbits(128) & ~(0xF << 76) & ~(0x3 << 62)) | 7 << 76 | 2 << 62)


def maybe(dice: Random, value: T) -> T | None:
    """Return the value or, as often, nothing."""
    return value if dice.random() < 0.5 else None
