"""Where a page may send the browser next: to paths of our own, and nowhere else."""

import re
from typing import Final
from urllib.parse import urlencode

from litestar import Response

HOME: Final = "/account"
MOST_CHARACTERS = 2_000
SEGMENT = r"/[A-Za-z0-9_~][A-Za-z0-9._~:@-]*"  # no empty one, no dots first, nothing escaped
QUERY = r"[A-Za-z0-9._~!$&'()*+,;=:@%/?\[\]-]*"
LOCAL = re.compile(rf"(?:/|(?:{SEGMENT})+/?)(?:\?{QUERY})?")


def local(text: str | None, *, instead: str = HOME) -> str:
    """Return `text` if it is a path of ours with its query, else `instead`.

    Browsers read `//host`, `/\\host` and a slash with a tab after it as another host's address, so only
    what is surely a path is let through: plain segments, and a query of characters that need no escape.
    """
    if text is None or len(text) > MOST_CHARACTERS or LOCAL.fullmatch(text) is None:
        return instead
    return text


def with_query(path: str, **values: str | int | None) -> str:
    """Return `path` with those values that are there."""
    there = {name: value for name, value in values.items() if value not in (None, "")}
    return f"{path}?{urlencode(there)}" if there else path


def go(path: str) -> Response[bytes]:
    """Send the browser to `path` with GET."""
    return Response(b"", status_code=303, headers={"location": path, "referrer-policy": "same-origin"})
