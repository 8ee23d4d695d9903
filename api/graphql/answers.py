"""Answers and form values on the wire: GraphQL has no value that may be text, number or yes/no."""

from collections.abc import Sequence

import strawberry

from banshi.errors import InvalidInput
from miniapps.items.rules import Answer


@strawberry.input(
    name="Answer",
    description="The answer to one question or form field: its id, and exactly one of text, number and yes.",
)
class AnswerInput:
    id: str = strawberry.field(description="The id of the question or field, from the item.")
    text: str | None = strawberry.field(
        default=None, description="A choice's value, free text, or a date as YYYY-MM-DD."
    )
    number: int | None = strawberry.field(default=None, description="A whole number; money in fen.")
    yes: bool | None = strawberry.field(default=None, description="Yes or no.")


@strawberry.type(name="GivenAnswer", description="An answer as it was given; one of text, number and yes.")
class AnswerNode:
    id: str
    text: str | None
    number: int | None
    yes: bool | None


def read(answers: Sequence[AnswerInput]) -> dict[str, Answer]:
    """Return the answers by id.

    Raises:
        InvalidInput: one has no value or several, or an id stands twice.
    """
    found: dict[str, Answer] = {}
    for answer in answers:
        given = [value for value in (answer.text, answer.number, answer.yes) if value is not None]
        if len(given) != 1 or answer.id in found:
            problem = f"give {answer.id[:40]} once, with exactly one of text, number and yes"
            raise InvalidInput(field="answers", problem=problem)
        found[answer.id] = given[0]
    return found


def shown(answers: dict[str, Answer]) -> list[AnswerNode]:
    """Return kept answers for the wire, in the order kept."""
    return [
        AnswerNode(
            id=id_,
            text=value if isinstance(value, str) else None,
            number=value if isinstance(value, int) and not isinstance(value, bool) else None,
            yes=value if isinstance(value, bool) else None,
        )
        for id_, value in answers.items()
    ]
