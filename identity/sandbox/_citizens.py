"""A population that does not exist: names, phones and homes that follow from a number.

Numbers use the county code 99, which no county bears, so none can belong to a living person.
A sandbox citizen with the serial 500–999 is registered; 001–499 is known to nobody (personas aside).
"""

import hashlib
import random
from datetime import date, timedelta

from identity.numbers import Sex, with_check_digit

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓冯韩曹"
GIVEN = "安邦晨达恩帆广海嘉康丽明宁平清荣书婷文晓欣雅泽忠卓瑾妍睿"
HOMES = {  # by city, the county in which its sandbox citizens live
    "3301": "330106", "3302": "330203", "3303": "330302", "3304": "330402", "3305": "330502",
    "3306": "330602", "3307": "330702", "3308": "330802", "3309": "330902", "3310": "331002",
    "3311": "331102",
}  # fmt: skip
FIRST_REGISTERED = 500
OLDEST, YOUNGEST = date(1950, 1, 1), date(2004, 12, 31)


def number(city: str, birthday: date, serial: int) -> str:
    """Return a valid ID number that nobody bears: `city` has four digits, e.g. 3301."""
    return with_check_digit(f"{city}99{birthday:%Y%m%d}{serial:03d}")


def random_number(seed: int, city: str) -> str:
    """Return the number of the registered adult that `seed` draws."""
    draw = random.Random(f"banshi citizen {seed}")  # noqa: S311 (a demo's dice, nothing secret)
    birthday = OLDEST + timedelta(days=draw.randrange((YOUNGEST - OLDEST).days))
    return number(city, birthday, draw.randrange(FIRST_REGISTERED, 1000))


def is_registered(text: str) -> bool:
    """Say whether a valid number belongs to the invented population."""
    return text[:4] in HOMES and text[4:6] == "99" and int(text[14:17]) >= FIRST_REGISTERED


def home(text: str) -> str:
    """Return the county where the bearer of a valid number lives."""
    return HOMES[text[:4]]


def name_of(text: str) -> str:
    """Return the one name that goes with this number."""
    noise = hashlib.sha256(b"name" + text.encode()).digest()
    given = [GIVEN[byte % len(GIVEN)] for byte in noise[1 : 2 + noise[3] % 2]]
    return SURNAMES[noise[0] % len(SURNAMES)] + "".join(given)


def phone_of(text: str) -> str:
    """Return the phone that goes with this number."""
    noise = int.from_bytes(hashlib.sha256(b"phone" + text.encode()).digest()[:8])
    return f"19999{noise % 1_000_000:06d}"


def birthday_of(text: str) -> date:
    """Return the birthday inside a valid number."""
    return date(int(text[6:10]), int(text[10:12]), int(text[12:14]))


def sex_of(text: str) -> Sex:
    """Return the sex inside a valid number."""
    return Sex.MALE if int(text[16]) % 2 else Sex.FEMALE
