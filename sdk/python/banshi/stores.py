"""A store (应用存储): what a mini-app may keep of one citizen at the platform.

    key     letters, digits and . _ - after a letter, at most 64; never a number of an ID card or a mobile
    value   JSON of at most 8 KiB
    all     at most 64 keys and 64 KiB of one mini-app for one citizen
    writes  sixty at once, then one a second, of one mini-app for one citizen

The platform and the simulator are alike because both use this.
"""

import re
from typing import Any, Final

import msgspec

from banshi.errors import DomainError, InvalidInput

LONGEST_KEY: Final = 64  # characters
MOST_VALUE: Final = 8 * 1024  # bytes of JSON
MOST_KEYS: Final = 64
MOST_BYTES: Final = 64 * 1024
DEEPEST: Final = 32  # lists and objects in each other: whoever prints a value indents and recurs by these
LONGEST_COMMAND: Final = 80  # characters of an idempotency key
WRITES_AT_ONCE: Final = 60
WRITES_PER_S: Final = 1.0
ABSENT: Final = ""
"""The revision of what is not there."""

_KEY = re.compile(rf"[a-z][a-z0-9._-]{{0,{LONGEST_KEY - 1}}}")
_NUMBER = re.compile(r"(?<![0-9a-z])(?:1[3-9]\d{9}|\d{17}[0-9x])(?![0-9a-z])")


class StoredValueTooLarge(DomainError):
    """A value is more than a store takes under one key: what is large belongs into your own back end."""

    code = "STORED_VALUE_TOO_LARGE"
    status = 422
    text = "A value has at most {most} bytes of JSON; this one has {bytes}."


class StoreFull(DomainError):
    """The mini-app keeps all that it may of this citizen: delete something first."""

    code = "STORE_FULL"
    text = "A mini-app keeps at most {most_keys} keys and {most_bytes} bytes of one citizen."


class StoredValueChanged(DomainError):
    """The value is not at the revision that was named: read it again; `revision` is empty when it is gone."""

    code = "STORED_VALUE_CHANGED"
    text = "The value has changed since; it is at the revision “{revision}” now."


def check_key(key: str) -> None:
    """Refuse what is no key.  Keys are not sealed, so they name no person.

    Raises: InvalidInput.
    """
    if not _KEY.fullmatch(key):
        problem = f"a letter a-z, then letters, digits and . _ - up to {LONGEST_KEY} characters in all"
        raise InvalidInput(field="key", problem=problem)
    if _NUMBER.search(key):
        raise InvalidInput(field="key", problem="this is the number of a person: put it into the value")


def check_value(value: str) -> bytes:
    """Return the JSON text `value` as it is kept.

    Raises: InvalidInput when it is no JSON, StoredValueTooLarge.
    """
    try:
        plain = value.encode()
        if len(plain) > MOST_VALUE:
            raise StoredValueTooLarge(most=MOST_VALUE, bytes=len(plain))
        found = msgspec.json.decode(plain)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise InvalidInput(field="value", problem="this is not JSON") from None
    if _depth(found) > DEEPEST:
        raise InvalidInput(field="value", problem=f"at most {DEEPEST} lists and objects in each other")
    return plain


def _depth(value: Any) -> int:
    depth, level = 0, [value]
    while level := [each for each in level if isinstance(each, dict | list)]:
        depth += 1
        level = [inner for each in level for inner in (each.values() if isinstance(each, dict) else each)]
    return depth


def check_command(command: str) -> None:
    """Refuse what is no idempotency key of a write.  Raises: InvalidInput."""
    if not 0 < len(command) <= LONGEST_COMMAND or not command.isprintable():
        problem = f"give 1 to {LONGEST_COMMAND} printable characters"
        raise InvalidInput(field="idempotencyKey", problem=problem)


def check_revision(wanted: str | None, found: str) -> None:
    """Refuse to write over another revision than `wanted`; None takes any, ABSENT none.

    Raises: StoredValueChanged.
    """
    if wanted is not None and wanted != found:
        raise StoredValueChanged(revision=found)


def check_room(keys: int, bytes: int) -> None:
    """Refuse what a store would hold then.

    Raises: StoreFull.
    """
    if keys > MOST_KEYS or bytes > MOST_BYTES:
        raise StoreFull(most_keys=MOST_KEYS, most_bytes=MOST_BYTES)
