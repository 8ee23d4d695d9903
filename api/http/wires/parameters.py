"""Parameters of the old wires: from the query, a form, a JSON object, or some of each."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from api.http.errors import AnyRequest

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
MOST_FIELDS = 60
FIELD_CHARACTERS = 4_000

Parameters = dict[str, str]

_decode = msgspec.json.Decoder(dict[str, Any]).decode


async def read(request: AnyRequest) -> Parameters:
    """Return all parameters of a call; {} when it is malformed, or says two things about one.

    Clients put the method in the query and the rest in the form, or everything in the query of a POST whose
    body is empty and of any type: a body of another type is not looked at.
    """
    given = [*in_query(request)]
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.method == "POST" and kind in (FORM, JSON):
        body = await request.body()
        more = _form(body) if kind == FORM else _object(body)
        if more is None:
            return {}
        given += more
    return _agreed(given)


def in_query(request: AnyRequest) -> list[tuple[str, str]]:
    """Return the pairs of the query, in order."""
    return pairs(raw_query(request))


def pairs(query: str) -> list[tuple[str, str]]:
    """Return the pairs of a raw query, in order; none of one that has too many."""
    return _pairs(query) or []


def raw_query(request: AnyRequest) -> str:
    """Return the query as it was sent, without its question mark."""
    return bytes(request.scope["query_string"]).decode("latin-1")


def first(given: Iterable[tuple[str, str]], name: str) -> str:
    """Return the first value of `name`; "" when there is none."""
    return next((value for key, value in given if key == name), "")


def _form(body: bytes) -> list[tuple[str, str]] | None:
    try:
        return _pairs(body.decode())
    except UnicodeDecodeError:
        return None


def _pairs(text: str) -> list[tuple[str, str]] | None:
    try:
        return parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        return None


def _object(body: bytes) -> list[tuple[str, str]] | None:
    try:
        found = _decode(body) if body else {}
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    plain = {name: value for name, value in found.items() if isinstance(value, str | int)}
    return [(name, str(value)) for name, value in plain.items()]


def _agreed(given: list[tuple[str, str]]) -> Parameters:
    found: Parameters = {}
    for name, value in given:
        if found.setdefault(name, value) != value or "\0" in name + value or len(value) > FIELD_CHARACTERS:
            return {}
    return found
