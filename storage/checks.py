"""Conditions that tables lay on their columns, as the database reads them."""

from collections.abc import Iterable
from enum import StrEnum


def one_of(column: str, words: Iterable[StrEnum]) -> str:
    """Return the condition that `column` holds one of these words: a whole enum, or some of its members."""
    return f"{column} IN ({', '.join(repr(word.value) for word in words)})"
