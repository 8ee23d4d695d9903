"""Places that SQL leaves in a column for Python to fill: sealed names, cursors, JSON."""

from typing import Any

from api.graphql.plan.segments import Read
from api.graphql.plan.sql import END, HOLE

HOLE_MARK, END_MARK = HOLE.encode(), END.encode()


async def filled(column: bytes, read: Read, context: Any) -> bytes:
    """Return a column with its places filled."""
    head, *rest = column.split(HOLE_MARK)
    places: list[tuple[int, str]] = []
    tails = []
    for part in rest:
        place, _, tail = part.partition(END_MARK)
        step, _, text = place.partition(b":")
        places.append((int(step), text.decode()))
        tails.append(tail)
    made = await _steps(places, read, context)
    return b"".join([head, *(part for pair in zip(made, tails, strict=True) for part in pair)])


async def _steps(places: list[tuple[int, str]], read: Read, context: Any) -> list[bytes]:
    made: list[bytes] = [b""] * len(places)
    for step in {step for step, _ in places}:
        where = [index for index, (each, _) in enumerate(places) if each == step]
        filled = await read.steps[step].fill(context, [places[index][1] for index in where])
        for index, text in zip(where, filled, strict=True):
            made[index] = text
    return made
