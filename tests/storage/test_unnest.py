"""Rows as arrays, and back."""

from datetime import UTC, date, datetime
from typing import NamedTuple
from uuid import UUID

import pytest

from storage.db import fetch
from storage.ids import new_id
from storage.unnest import Parts, Rows

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)


class Stone(NamedTuple):
    id: UUID
    name: str | None
    weight: int
    wet: bool
    dust: bytes | None
    found_on: date
    kept_at: datetime


def a_stone(**rest):
    given = {
        "id": new_id(), "name": "石", "weight": 3, "wet": True, "dust": b"\0", "found_on": date(2026, 1, 2),
        "kept_at": NOON,
    }  # fmt: skip
    return Stone(**given | rest)


async def test_rows_come_back_as_they_went_in(db):
    rows, stones = Rows(Stone), [a_stone(), a_stone(name=None, dust=None, weight=-1), a_stone(wet=False)]

    found = await fetch(f"SELECT * FROM {rows.source('stone')}", *rows.arguments(stones))

    assert [tuple(row.values()) for row in found] == [tuple(stone) for stone in stones]
    assert rows.names == "id, name, weight, wet, dust, found_on, kept_at"


async def test_parts_say_whose_they_are_and_may_begin_with_any_parameter(db):
    parts, mine, his = Parts(Stone), a_stone(), a_stone()

    found = await fetch(
        f"SELECT $1::int AS first, member, id FROM {parts.source('stone', first=2)}",
        9, *parts.arguments([[mine], [], [his, mine]]),
    )  # fmt: skip

    assert [(row["member"], row["id"]) for row in found] == [(0, mine.id), (2, his.id), (2, mine.id)]
    assert parts.width == 8


async def test_no_rows_are_no_rows(db):
    parts = Parts(Stone)

    assert await fetch(f"SELECT * FROM {parts.source('stone')}", *parts.arguments([[], []])) == []


def test_a_type_without_a_column_type_is_refused_at_once():
    class Odd(NamedTuple):
        weight: float

    with pytest.raises(KeyError):
        Rows(Odd)
