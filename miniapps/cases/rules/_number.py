"""The 21-digit number of a case (申报号)."""

import re
from datetime import datetime

from storage.clock import local_date

SERIALS = 100_000_000  # eight digits


def number(region: str, at: datetime, serial: int) -> str:
    """Return the number shown to the citizen: 6 region + yyMMdd (Shanghai) + 8 serial + check digit.

    Shape: `region` is a six-digit GB/T 2260 code, `serial` any counter; it wraps at eight digits.
    Source: the check digit is ISO/IEC 7064 MOD 11,10.
    """
    body = f"{region}{local_date(at):%y%m%d}{serial % SERIALS:08d}"
    return body + check_digit(body)


def check_digit(body: str) -> str:
    """Return the ISO/IEC 7064 MOD 11,10 digit that closes `body`, a string of digits."""
    carry = 10
    for digit in body:
        carry = (carry + int(digit)) % 10 or 10
        carry = carry * 2 % 11
    return str((11 - carry) % 10)


def is_number(text: str) -> bool:
    """Say whether `text` is a well-formed case number: 21 digits, a real month and day, right check digit."""
    found = re.fullmatch(r"\d{8}(\d{2})(\d{2})\d{9}", text, re.ASCII)
    if found is None:
        return False
    month, day = int(found.group(1)), int(found.group(2))
    return 1 <= month <= 12 and 1 <= day <= 31 and check_digit(text[:-1]) == text[-1]
