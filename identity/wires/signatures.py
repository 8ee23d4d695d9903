"""Signatures of the old wires: what they cover, and whether one was seen from elsewhere before.

MD5 of code, password and time covers neither ticket nor body, and no wire has a nonce.  So a signature
belongs to whoever showed it first: it counts for `WINDOW` around its time, and from one caller only.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import Enum
from urllib.parse import quote, unquote
from uuid import UUID as Id

from storage.clock import SHANGHAI
from storage.db import execute, fetch
from storage.seal import blind, same, token_hash

WINDOW = timedelta(minutes=5)
"""How far the time of an MD5 signature may lie from ours; the norm names no limit."""
SKEW = timedelta(seconds=90)
"""How far the header X-BG-DATE-TIME may lie from ours."""
TIME = re.compile(r"[0-9]{14}", re.ASCII)
GATEWAY_TIME = re.compile(
    r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} (GMT|UTC)",
    re.ASCII,
)
URI_MARKS = ";,/?:@&=+$-_.!~*'()#"  # what JavaScript's encodeURI leaves as it is


def md5_sign(code: str, secret: str, time: str) -> str:
    """Return `sign` of the personal wire: lower-case MD5 of service code, password and time."""
    return hashlib.md5(f"{code}{secret}{time}".encode(), usedforsecurity=False).hexdigest()


def md5_holds(sign: str, time: str, *, code: str, secrets: Iterable[str]) -> bool:
    """Say whether `sign` was made with one of the secrets; all are tried, whichever holds."""
    given = sign.encode()
    return any([same(md5_sign(code, secret, time).encode(), given) for secret in secrets])


def time_of(text: str) -> datetime | None:
    """Return the moment of a `time` parameter, yyyyMMddHHmmss in Shanghai; None for anything else."""
    if not TIME.fullmatch(text):
        return None
    try:
        return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=SHANGHAI)
    except ValueError:
        return None


def gateway_time_of(text: str) -> datetime | None:
    """Return the moment of the header X-BG-DATE-TIME, e.g. `Tue, 09 Nov 2021 08:49:20 GMT`.

    The documents speak of GMT+8; every client sends true GMT, one of them calls it UTC.
    """
    if not GATEWAY_TIME.fullmatch(text):
        return None
    try:
        return parsedate_to_datetime(text.replace("UTC", "GMT"))
    except ValueError:
        return None


def hmac_sign(method: str, path: str, query: str, key: str, date: str, *, secret: str) -> str:
    """Return X-BG-HMAC-SIGNATURE: base64 of HMAC-SHA-256 over a text that ends in a line feed."""
    text = f"{method}\n{path}\n{query}\n{key}\n{date}\n"
    return base64.b64encode(hmac.digest(secret.encode(), text.encode(), "sha256")).decode()


def hmac_holds(
    signature: str, method: str, path: str, query: str, *, key: str, date: str, secrets: Iterable[str]
) -> bool:
    """Say whether the signature fits the request in one of the forms in which clients write its query.

    The query differs per client: as it was sent (Rust), its pairs sorted, sorted raw and then encoded (Java),
    or sorted after encodeURI (Postman).
    """
    try:
        given = base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError):
        given = b""
    made = [
        base64.b64decode(hmac_sign(method, path, form, key, date, secret=secret))
        for secret in secrets
        for form in query_forms(query)
    ]
    return any([same(each, given) for each in made])


def query_forms(query: str) -> list[str]:
    """Return the canonical forms of a raw query that a signature may cover; all are "" for an empty one."""
    pairs = [pair for pair in query.split("&") if pair]
    by_java = ["=".join(quote(part, safe="") for part in pair) for pair in sorted(map(_raw, pairs))]
    by_postman = sorted(quote(unquote(pair), safe=URI_MARKS) for pair in pairs)
    return list(dict.fromkeys("&".join(form) for form in ([query], sorted(pairs), by_java, by_postman)))


def _raw(pair: str) -> list[str]:
    """Return name and value, nothing encoded."""
    return [unquote(part) for part in pair.split("=", 1)]


def within(at: datetime | None, now: datetime, *, limit: timedelta) -> bool:
    """Say whether `at` lies no further than `limit` from `now`."""
    return at is not None and abs(now - at) <= limit


class Showing(Enum):
    """How a signature came before, if it did."""

    FIRST = 1
    AGAIN = 2  # from the same caller
    ELSEWHERE = 3  # another caller was first


async def remember(wire_client: Id, signature: str, *, caller: str, now: datetime) -> Showing:
    """Remember a signature that holds; say whether it was shown before, and by whom.

    The same caller may show it again: clients sign twice within a second, repeat what timed out, and one
    reuses the ticket's signature to ask for the profile.
    """
    shown_by = blind(caller, purpose="wire.caller")
    rows = await fetch(
        "INSERT INTO wire_seen AS seen (digest, caller, at) VALUES ($1, $2, $3)"
        " ON CONFLICT (digest) DO UPDATE SET at = seen.at RETURNING caller, xmax = 0 AS is_new",
        token_hash(f"{wire_client}\0{signature}"), shown_by, now,
    )  # fmt: skip
    if rows[0]["is_new"]:
        return Showing.FIRST
    return Showing.AGAIN if bytes(rows[0]["caller"]) == shown_by else Showing.ELSEWHERE


async def sweep(*, now: datetime) -> None:
    """Forget signatures whose time no longer counts."""
    await execute("DELETE FROM wire_seen WHERE at < $1", now - 2 * WINDOW)
