"""A text as far as it could be read: what the checks look at, whether or not the rest is in order."""

from collections.abc import Iterator
from typing import Any

import msgspec

from miniapps.items.rules._findings import Finding, Level, Path
from miniapps.items.rules._read import Part
from miniapps.items.rules._yaml import Place


class Draft(msgspec.Struct, frozen=True):
    """Values by English path, and where they stand."""

    root: Part
    places: dict[Path, Place]

    def get(self, *path: str) -> Any:
        """Return the value at `path`; None when it is absent or could not be read."""
        value: Any = self.root
        for step in path:
            value = value.values.get(step) if isinstance(value, Part) else None
        return value

    def rows(self, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield the readable records of a list with their places in it."""
        for number, row in enumerate(self.get(name) or []):
            if isinstance(row, Part):
                yield number, row.values

    def place(self, *path: str | int) -> Place:
        """Return where `path` stands, or the nearest thing around it."""
        around = (path[:length] for length in range(len(path), -1, -1))
        return next(self.places[each] for each in around if each in self.places)

    def finding(self, path: Path, level: Level, rule: str, problem: str, fix: str) -> Finding:
        """Return a finding about what stands at `path`."""
        return Finding(self.place(*path), level, rule, problem, fix)
