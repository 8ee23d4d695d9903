"""Session tokens: what goes along with a call to a mini-app's back end, good for that call and sixty seconds.

A JWT that `banshi.serving` verifies with the keys at /.well-known/jwks.json.  It names the citizen as this
mini-app alone knows him, the one API that is called, and what he agreed to; it is worth nothing to us.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from identity import signing
from identity.signing import Purpose
from storage.ids import new_hex

LIFE = timedelta(seconds=60)
PUBLISHED = timedelta(hours=1)  # a key that signs no longer is published on for so long
JWKS_AGE_S = 300  # who verifies may keep the keys for so long; an unknown one he asks for anew

_issuer = "http://127.0.0.1:8000"


@dataclass(frozen=True, kw_only=True)
class Who:
    """For whom a call is, and what the back end may know of him."""

    sub: str  # as `tokens.pairwise_sub` has it; in a simulator invented
    level: int
    scopes: Collection[str]
    region: str
    elder: bool = False
    invented: bool = False  # nobody lives who is called so: a developer tries his back end


def configure(issuer: str) -> None:
    """Tell this process who it is: `iss` of every session token."""
    global _issuer
    _issuer = issuer


def issuer() -> str:
    """Return who signs."""
    return _issuer


async def issue(who: Who, audience: str, api: str, *, now: datetime) -> str:
    """Return a token for one call of `api`.

    `audience` is the client id that the back end is connected by, so what tells of nobody who lives is worth
    nothing to the one that serves citizens.
    """
    claims: dict[str, Any] = {
        "iss": _issuer,
        "aud": audience,
        "sub": who.sub,
        "iat": int(now.timestamp()),
        "exp": int((now + LIFE).timestamp()),
        "jti": new_hex(),
        "api": api,
        "scope": " ".join(sorted(who.scopes)),
        "level": who.level,
        "region": who.region,
        "elder": who.elder,
    }
    if who.invented:
        claims["invented"] = True
    return await signing.sign(Purpose.SESSION_TOKEN, claims, now=now)


async def keys(*, now: datetime) -> dict[str, Any]:
    """Return the public keys that session tokens are or were lately signed with, as a JWK Set (RFC 7517)."""
    await signing.ensure(Purpose.SESSION_TOKEN, now=now)
    return {"keys": await signing.public_keys(Purpose.SESSION_TOKEN, retired_after=now - PUBLISHED)}
