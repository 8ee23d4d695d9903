"""What citizens type into questions and forms of items, to and from the answers that GraphQL takes.

A part is a question or form field as a document tells it; its field in the page is called after its id.
"""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

from api.pages.forms import Form

Part = Mapping[str, Any]
Answer = dict[str, Any]

QUESTION, FIELD = "q-", "f-"  # before the id, in the name of the field
YES, NO = "yes", "no"
WHOLE: Final = re.compile(r"-?\d{1,10}")
YUAN: Final = re.compile(r"\d{1,8}(\.\d{1,2})?")
MOST_CHARACTERS: Final = 2_000
KINDS: Final[Mapping[str, Mapping[str, str]]] = {
    "date": {"type": "date"},
    "int": {"type": "text", "inputmode": "numeric"},
    "money": {"type": "text", "inputmode": "decimal"},
    "phone": {"type": "tel", "inputmode": "tel", "autocomplete": "tel"},
    "id_number": {"type": "text", "autocapitalize": "characters"},
}
"""Attributes of the field by the type of the part; a text is a plain one."""


def read(parts: Iterable[Part], form: Form, prefix: str) -> list[Answer]:
    """Return the answers that a form brings to `parts`; what is left empty or cannot be read is left out.

    What cannot be read as a number is sent as text: the item says what is wrong with it.
    """
    found = ((part, form.get(f"{prefix}{part['id']}")[:MOST_CHARACTERS]) for part in parts)
    return [_answer(part, text) for part, text in found if text]


def _answer(part: Part, text: str) -> Answer:
    kind, id_ = part["type"], part["id"]
    if kind == "bool" and text in (YES, NO):
        return {"id": id_, "yes": text == YES}
    if kind == "int" and WHOLE.fullmatch(text) and abs(int(text)) < 2**31:
        return {"id": id_, "number": int(text)}
    if kind == "money" and YUAN.fullmatch(text) and Decimal(text) * 100 < 2**31:
        return {"id": id_, "number": int(Decimal(text) * 100)}
    return {"id": id_, "text": text.upper() if kind == "id_number" else text}


def shown(parts: Iterable[Part], answers: Iterable[Answer]) -> dict[str, str]:
    """Return what the fields of `parts` show of kept answers, by id."""
    kept = {answer["id"]: answer for answer in answers}
    return {part["id"]: _text(part, kept[part["id"]]) for part in parts if part["id"] in kept}


def _text(part: Part, answer: Answer) -> str:
    if answer.get("yes") is not None:
        return YES if answer["yes"] else NO
    number = answer.get("number")
    if number is None:
        return str(answer.get("text") or "")
    return f"{Decimal(number) / 100:.2f}" if part["type"] == "money" else str(number)


def told(parts: Iterable[Part], answers: Iterable[Answer]) -> list[tuple[str, str]]:
    """Return label and answer in words, for a review before handing in."""
    values = shown(parts := list(parts), answers)
    return [
        (part.get("label") or part["text"], _word(part, values[part["id"]]))
        for part in parts
        if part["id"] in values
    ]


def _word(part: Part, value: str) -> str:
    if part["type"] == "bool":
        return "是" if value == YES else "否"
    if part["type"] == "money":
        return f"{value} 元"
    return next((choice["label"] for choice in part["choices"] if choice["value"] == value), value)


def attributes(part: Part) -> dict[str, str]:
    """Return the attributes of the field of a part that is neither chosen nor answered by yes or no."""
    return {"type": "text", "maxlength": "200", **KINDS.get(part["type"], {})}
