"""Many rows as parameters of one statement: one array for each column, put together again by `unnest`.

class Stone(NamedTuple):
    id: UUID
    weight: int

STONES = Rows(Stone)
await fetch(f"INSERT INTO stone (id, weight) SELECT id, weight FROM {STONES.source('stone')}",
            *STONES.arguments(stones))
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from types import UnionType
from typing import Any, get_args, get_type_hints
from uuid import UUID

TYPES: dict[type, str] = {
    UUID: "uuid",
    str: "text",
    int: "int",
    bool: "bool",
    bytes: "bytea",
    date: "date",
    datetime: "timestamptz",
}
"""The PostgreSQL type of a column, by its Python type.  Texts are cast to what the table's column is."""


def unnest(*types: str, first: int = 1) -> str:
    """Return the parameters from `$first` on, arrays of `types`, as a set of rows.

    Each stands in a subquery, so that PostgreSQL does not see how long it is.  Where it does, it plans every
    statement anew, since the plan of short arrays seems cheaper than the one that serves all: measured half
    a millisecond for a statement that runs for a fifth of one.
    """
    arrays = (f"(SELECT ${place}::{type_}[])" for place, type_ in enumerate(types, start=first))
    return f"unnest({', '.join(arrays)})"


class Rows:
    """The columns of a class of rows, in the order of its annotations; `X | None` may be NULL."""

    def __init__(self, shape: type) -> None:
        self.columns = {name: _type(hint) for name, hint in get_type_hints(shape).items()}

    @property
    def types(self) -> tuple[str, ...]:
        """The PostgreSQL types of the columns."""
        return tuple(self.columns.values())

    @property
    def width(self) -> int:
        """How many parameters the rows take."""
        return len(self.columns)

    @property
    def names(self) -> str:
        """The columns, as an INSERT lists them."""
        return ", ".join(self.columns)

    def source(self, name: str, *, first: int = 1) -> str:
        """Return the rows as an item of FROM called `name`; their parameters begin with number `first`."""
        return f"{unnest(*self.types, first=first)} AS {name} ({self.names})"

    def arguments(self, rows: Sequence[Any]) -> list[list[Any]]:
        """Return one array for each column; a row is anything with these attributes."""
        return [[getattr(row, name) for row in rows] for name in self.columns]


def brought(parts: Mapping[str, Rows]) -> str:
    """Return the first items of WITH: the parameters of all `parts` one after the other, as rows."""
    items, first = [], 1
    for name, rows in parts.items():
        items.append(f"{name} AS MATERIALIZED (SELECT * FROM {rows.source(name, first=first)})")  # noqa: S608
        first += rows.width
    return ",\n".join(items)


class Parts(Rows):
    """Rows that belong to members of a statement; the first column, `member`, counts the members from 0."""

    def __init__(self, shape: type) -> None:
        super().__init__(shape)
        self.columns = {"member": "int", **self.columns}

    def arguments(self, rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
        """Return one array for each column; `rows` holds one sequence for each member."""
        members = [member for member, own in enumerate(rows) for _ in own]
        every = [row for own in rows for row in own]
        return [members, *([getattr(row, name) for row in every] for name in list(self.columns)[1:])]


def _type(hint: Any) -> str:
    kinds = (
        [kind for kind in get_args(hint) if kind is not type(None)] if isinstance(hint, UnionType) else [hint]
    )
    [kind] = kinds
    return TYPES[kind]
