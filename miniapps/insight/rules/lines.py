"""A line about one call, for those who make the mini-app: nothing in it says whose call it was."""

import re
from datetime import datetime

import msgspec

CODE = re.compile(r"[A-Z][A-Z_]{0,59}")
FINE, OTHER = "OK", "REFUSED"


class Line(msgspec.Struct, frozen=True, array_like=True):
    """One call as it went; `api` is empty when the manifest has none of that name."""

    at: datetime  # when it came
    version: str  # that the citizen opened
    api: str
    code: str  # FINE, or what refused it
    ms: int
    request_id: str


def safe(code: str) -> str:
    """Return a code as it may stand in a line: a back end makes up its own, and could hide a number."""
    return code if CODE.fullmatch(code) else OTHER
