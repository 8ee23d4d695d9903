"""The parameter `claims` (OpenID Connect Core 5.5): single claims, where to tell them, and their values.

Claims that we do not know, or that the client is not registered for, are ignored, as the norm says of
what cannot be told.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from identity.clients import Client
from identity.oidc.claims import (
    BY_CLAIM,
    DEFAULT_PREDICATE,
    FULL_NAME,
    NAME,
    PREDICATES,
    RESIDENT_OF,
    SAME_PERSON,
    VERIFY,
    predicate_key,
)
from identity.oidc.errors import SentBack
from identity.oidc.jose import is_text

DEFAULT_KEY = predicate_key(DEFAULT_PREDICATE, None)
REGION = re.compile(r"\d{6}")
COMPARED = re.compile(r"[0-9a-f]{64}")
MOST_CLAIMS = 40


@dataclass
class Wanted:
    """What the parameter asks for: keys by place, and what is special about some claims."""

    userinfo: list[str] = field(default_factory=list)
    id_token: list[str] = field(default_factory=list)
    predicates: bool = False
    same_person: str | None = None
    sub: str | None = None
    acr_values: list[str] = field(default_factory=list)
    acr_essential: bool = False


def read(text: str | None, client: Client, scopes: list[str]) -> Wanted:
    """Return what the parameter asks for.

    Raises: SentBack when it is malformed.
    """
    wanted = Wanted()
    if text is None:
        return wanted
    for place, name, how in _each(_object(text)):
        _take(wanted, place, name, how, client, scopes)
    return wanted


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text, object_pairs_hook=_unique)
    except (ValueError, RecursionError):
        raise SentBack("invalid_request", "claims is not JSON, or names something twice") from None
    if not isinstance(found, dict):
        raise SentBack("invalid_request", "claims is not a JSON object")
    return found


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _each(found: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield each claim with its place and what is said of it."""
    for place in ("userinfo", "id_token"):
        asked = found.get(place) or {}
        if not isinstance(asked, dict) or len(asked) > MOST_CLAIMS:
            raise SentBack(
                "invalid_request", f"claims.{place} is not an object of at most {MOST_CLAIMS} claims"
            )
        for name, how in asked.items():
            if not isinstance(how, dict | None):
                raise SentBack("invalid_request", "a claim is asked for with null or an object")
            yield place, name, how or {}


def _take(
    wanted: Wanted, place: str, name: str, how: dict[str, Any], client: Client, scopes: list[str]
) -> None:
    if name == "acr":
        wanted.acr_values, wanted.acr_essential = _texts(how), how.get("essential") is True
    elif name == "sub":
        wanted.sub = next(iter(_texts(how)), wanted.sub)
    elif name in PREDICATES and VERIFY in client.scopes:
        wanted.predicates = True
        getattr(wanted, place).append(_predicate(wanted, name, how, client))
    elif name in BY_CLAIM and (key := _key(name, client, scopes)) is not None:
        getattr(wanted, place).append(key)


def _texts(how: dict[str, Any]) -> list[str]:
    values = [how["value"]] if "value" in how else how.get("values", [])
    if not isinstance(values, list) or not all(isinstance(each, str) and is_text(each) for each in values):
        raise SentBack("invalid_request", "value and values of a claim are texts")
    return values


def _key(name: str, client: Client, scopes: list[str]) -> str | None:
    """Return the key that brings the claim: for a name what the scopes ask, else the least registered."""
    if name != "name":
        key = BY_CLAIM[name]
        return key if key in client.scopes else None
    asked = [key for key in (FULL_NAME, NAME) if key in scopes]
    return next(iter([*asked, *(key for key in (NAME, FULL_NAME) if key in client.scopes)]), None)


def _predicate(wanted: Wanted, name: str, how: dict[str, Any], client: Client) -> str:
    value = next(iter(_texts(how)), None)
    if name == RESIDENT_OF and (value is None or REGION.fullmatch(value) is None):
        raise SentBack("invalid_request", "resident_of needs a value: a code of GB/T 2260, six digits")
    if name == SAME_PERSON:
        if value is None or COMPARED.fullmatch(value) is None:
            raise SentBack("invalid_request", "same_person needs a value: a SHA-256 in hexadecimal")
        wanted.same_person = value
    return predicate_key(name, value)
