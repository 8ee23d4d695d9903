"""What is wrong with a text: where, by which rule, what was expected and how to mend it."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Literal

import msgspec

from miniapps.items.rules._yaml import Place

Level = Literal["error", "warning"]
Path = tuple[str | int, ...]  # e.g. ("materials", 0, "name")


class Finding(msgspec.Struct, frozen=True):
    """One thing to mend; `rule` is a stable id that docs/item-text.md lists."""

    place: Place
    level: Level
    rule: str
    problem: str
    fix: str

    def line(self, file: str) -> str:
        """Return it as one line for a terminal: `file:line:column: level[rule] problem；fix`."""
        where = f"{file}:{self.place.line}:{self.place.column}"
        return f"{where}: {self.level}[{self.rule}] {self.problem}；{self.fix}"


def error(place: Place, rule: str, problem: str, fix: str) -> Finding:
    """Return a finding that keeps the text from being compiled."""
    return Finding(place, "error", rule, problem, fix)


def nearest(word: str, among: Iterable[str]) -> str | None:
    """Return the word that was probably meant."""
    return next(iter(get_close_matches(word, list(among), n=1, cutoff=0.5)), None)
