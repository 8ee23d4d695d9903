"""Numbers of persons and firms: what a string of digits says, and whether it can be one at all.

A number is never checked against today's list of divisions: those issued long ago name counties
that have been abolished since.
"""

import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from identity import errors


class NumberKind(StrEnum):
    """Which document a number belongs to."""

    CITIZEN = "citizen"  # 公民身份号码, GB 11643
    RESIDENCE_PERMIT = "residence_permit"  # 港澳台居民居住证
    FOREIGN_RESIDENT = "foreign_resident"  # 外国人永久居留身份证, 2023 form
    FOREIGN_RESIDENT_OLD = "foreign_resident_old"  # the same, before 2023


class Sex(StrEnum):
    """Sex as the number encodes it."""

    FEMALE = "female"
    MALE = "male"


@dataclass(frozen=True)
class Description:
    """What a number says by itself.  None: this kind of number does not say."""

    number: str  # the normal form: 18 characters, or 15 for a foreigner's old card
    kind: NumberKind
    birthday: date | None
    sex: Sex | None
    region: str | None  # GB/T 2260 code of first registration, perhaps abolished since


WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_DIGITS = "10X98765432"  # ISO 7064 MOD 11-2, by remainder
PROVINCES = frozenset(
    str(code)
    for first, last in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71))
    for code in range(first, last + 1)
)
PERMITS = frozenset({"810000", "820000", "830000"})  # Hong Kong, Macao, Taiwan residents
CENTENARIANS = frozenset({"996", "997", "998", "999"})  # 15-digit serials kept for births before 1900

CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # no I O S V Z
CREDIT_WEIGHTS = tuple(3**place % 31 for place in range(17))


def normal(text: str) -> str:
    """Return `text` as one types it on a good day: half-width, upper case, without spaces or hyphens."""
    plain = unicodedata.normalize("NFKC", text).upper()
    return "".join(character for character in plain if not character.isspace() and character != "-")


def describe(text: str, *, today: date) -> Description:
    """Return what the identity number `text` says, in its normal form.

    A 15-digit number is converted to 18 digits, so both find the same person.
    Raises: NumberRefused, in the subclass that says what is wrong.
    """
    number = normal(text)
    if len(number) == 15 and number[:3].isascii() and number[:3].isalpha():
        return _old_foreign(number)
    if len(number) == 15:
        number = _from_15(number)
    if len(number) != 18:
        raise errors.NumberLength
    if not (_digits(number[:17]) and (_digits(number[17]) or number[17] == "X")):
        raise errors.NumberCharacters
    kind = _kind(number)
    birthday = _birthday(number[6:14], today=today)
    if check_digit(number[:17]) != number[17]:
        raise errors.NumberChecksum
    if kind is NumberKind.FOREIGN_RESIDENT:
        return Description(number, kind, birthday, None, number[1:3] + "0000")
    sex = Sex.MALE if int(number[16]) % 2 else Sex.FEMALE
    return Description(number, kind, birthday, sex, number[:6])


def check_digit(first_17: str) -> str:
    """Return the 18th character of an identity number (GB 11643, ISO 7064 MOD 11-2)."""
    total = sum(int(digit) * weight for digit, weight in zip(first_17, WEIGHTS, strict=True))
    return CHECK_DIGITS[total % 11]


def with_check_digit(first_17: str) -> str:
    """Return the whole identity number that begins with these 17 digits."""
    return first_17 + check_digit(first_17)


def credit_code(text: str) -> str:
    """Return the unified social credit code `text` in its normal form.

    Raises: CreditCodeRefused.
    Source: GB 32100-2015: 17 characters of an alphabet of 31, and a check character.
    """
    code = normal(text)
    if len(code) != 18 or any(character not in CREDIT_ALPHABET for character in code):
        raise errors.CreditCodeRefused
    if with_credit_check(code[:17]) != code:
        raise errors.CreditCodeRefused
    return code


def with_credit_check(first_17: str) -> str:
    """Return the whole credit code that begins with these 17 characters (MOD 31)."""
    values = (CREDIT_ALPHABET.index(character) for character in first_17)
    total = sum(value * weight for value, weight in zip(values, CREDIT_WEIGHTS, strict=True))
    return first_17 + CREDIT_ALPHABET[-total % 31]


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _kind(number: str) -> NumberKind:
    if number[0] == "9":
        return NumberKind.FOREIGN_RESIDENT
    if number[:6] in PERMITS:
        return NumberKind.RESIDENCE_PERMIT
    if number[:2] in PROVINCES:
        return NumberKind.CITIZEN
    raise errors.NumberRegion


def _birthday(text: str, *, today: date) -> date:
    try:
        birthday = date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        raise errors.NumberDate from None
    if birthday > today:
        raise errors.NumberFuture
    return birthday


def _from_15(number: str) -> str:
    """Convert a first-generation number: the century is inserted and the check digit computed."""
    if not _digits(number):
        raise errors.NumberCharacters
    century = "18" if number[12:] in CENTENARIANS else "19"
    return with_check_digit(number[:6] + century + number[6:])


def _old_foreign(number: str) -> Description:
    """Three letters of nationality and twelve digits; its birthday lacks the century, so it says none."""
    if not _digits(number[3:]):
        raise errors.NumberCharacters
    return Description(number, NumberKind.FOREIGN_RESIDENT_OLD, None, None, None)
