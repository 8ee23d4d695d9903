"""Item codes: catalogue 12, implementation 31, handling item 33 digits.

Source: the national basic directory (基本目录及实施清单): an implementation code is an organ's credit code,
its level and the catalogue code; two digits more make the code of a handling item.
GB/T 39046-2020 still gives 10 and 24; what is in use has 12 and 31.
"""

import re

import msgspec

from identity.errors import CreditCodeRefused
from identity.numbers import credit_code

LEVELS = "1234567"  # 行使层级: 1 state … 4 county 5 town 6 village, 7 several (GB/T 39046 A.2)


class TaskCode(msgspec.Struct, frozen=True):
    """An implementation code taken apart (实施编码)."""

    organ: str  # unified social credit code
    level: str
    catalogue: str  # 12 digits


def task_code(organ: str, level: str, catalogue: str) -> str:
    """Return the implementation code of an item at one organ.

    Raises: ValueError when a part is not what it should be.
    """
    code = f"{organ}{level}{catalogue}"
    if read_task_code(code) is None:
        raise ValueError("an organ's credit code, a level from 1 to 7 and a catalogue code of 12 digits")
    return code


def read_task_code(text: str) -> TaskCode | None:
    """Take an implementation code apart; None when it is none."""
    if len(text) != 31:
        return None
    parts = TaskCode(text[:18], text[18], text[19:])
    try:
        organ_fits = credit_code(parts.organ) == parts.organ
    except CreditCodeRefused:
        return None
    fits = organ_fits and parts.level in LEVELS and re.fullmatch(r"\d{12}", parts.catalogue)
    return parts if fits else None


def handling_code(task: str, serial: int) -> str:
    """Return the code of the `serial`-th handling item (1–99) of an implementation.

    Raises: ValueError.
    """
    if read_task_code(task) is None or not 1 <= serial <= 99:
        raise ValueError("an implementation code and a number from 1 to 99")
    return f"{task}{serial:02}"


def is_handling_code(text: str) -> bool:
    """Say whether `text` is a 33-character handling item code."""
    return len(text) == 33 and text[31:].isdecimal() and read_task_code(text[:31]) is not None
