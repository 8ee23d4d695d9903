"""What tells who somebody is: his name, his number or the part of it that is masked, his phone."""

import json
import re
from collections.abc import Iterator
from typing import Any

from identity.sandbox import BY_KEY
from tests.api.authz_actors import PERSONAS, WARD

ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")  # any twelve digits occur in some of them
APPS = ("minimal", "app", "other app")
CAST = frozenset({*PERSONAS.values(), WARD})


def told_of(persona: str, text: str) -> Iterator[str]:
    """Return what `text` tells of a persona."""
    who = BY_KEY[persona]
    known = {
        "name": who.name, "number": who.number, "middle of the number": who.number[6:17],
        "phone": who.phone, "middle of the phone": who.phone[3:10],
    }  # fmt: skip
    return (f"the {what} of {persona}" for what, secret in known.items() if secret in text)


def leaked(column: str, body: dict[str, Any]) -> list[str]:
    """Return what an answer tells of others: a mini-app may not learn who its own citizen is, either.

    A pseudonym is nobody to himself, too: we do not know whose it is.
    """
    text = ID.sub("", json.dumps(body, ensure_ascii=False))
    own = set() if column in (*APPS, "pseudonym") else {PERSONAS.get(column)}
    return [told for persona in sorted(CAST - own) for told in told_of(persona, text)]
