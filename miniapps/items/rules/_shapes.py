"""What may stand behind a key of an item text: the shapes that the schema is made of."""

from typing import Any

import msgspec


class Text(msgspec.Struct, frozen=True):
    """Words; `pattern` must match the whole."""

    pattern: str = ""
    expected: str = "文字"
    longest: int = 2000


class Whole(msgspec.Struct, frozen=True):
    """A whole number between two bounds."""

    least: int
    most: int


class Yuan(msgspec.Struct, frozen=True):
    """Money in yuan with at most two decimals; kept as fen."""


class YesNo(msgspec.Struct, frozen=True):
    """是 or 否."""


class Word(msgspec.Struct, frozen=True):
    """One word of a closed list: what may be written → what is kept."""

    words: dict[str, Any]


class Cel(msgspec.Struct, frozen=True):
    """A condition; `over` says what it may speak of."""

    over: str = "questions"  # or "everything": questions and form fields


class Many(msgspec.Struct, frozen=True):
    """A list of one shape."""

    of: "Shape"
    least: int = 0
    most: int = 100


class Record(msgspec.Struct, frozen=True):
    """Keys and values.  With `short`, a bare value stands for a record of that key alone."""

    makes: type
    keys: tuple["Key", ...]
    short: str = ""


Shape = Text | Whole | Yuan | YesNo | Word | Cel | Many | Record


class Key(msgspec.Struct, frozen=True):
    """One key of the text."""

    name: str  # in English; also the attribute it fills
    chinese: str
    shape: Shape
    required: bool = False
    meaning: str = ""  # one line for docs/item-text.md
