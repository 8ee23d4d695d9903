"""Session tokens: what goes along with calls to a mini-app's back end, good for one API and sixty seconds.

A JWT that `banshi.serving` verifies with the keys at /.well-known/jwks.json.  It names the citizen as this
mini-app alone knows him, the one API that is called, and what he agreed to.  Nobody acts with it: who is
called may exchange it for a token that does (`identity.oidc.exchange`), since its `jti` tells us, and nobody
else, with which token of the citizen the call was made.
"""

import base64
import os
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID as Id

from identity import signing
from identity.signing import Purpose
from storage.ids import new_hex
from storage.seal import Tampered, mac, open_, seal

LIFE = timedelta(seconds=60)
AGAIN = timedelta(seconds=40)  # so long a token goes along with calls that it would say the same of
KEPT = 5_000  # tokens per process; one is about a kilobyte
PUBLISHED = timedelta(hours=1)  # a key that signs no longer is published on for so long
JWKS_AGE_S = 300  # who verifies may keep the keys for so long; an unknown one he asks for anew
SALT_BYTES = 16

_issuer = "http://127.0.0.1:8000"
_issued: OrderedDict[tuple[Any, ...], tuple[datetime, str]] = OrderedDict()  # the oldest goes first


@dataclass(frozen=True, kw_only=True)
class Who:
    """For whom a call is, and what the back end may know of him."""

    sub: str  # as `subjects.pairwise_sub` has it; in a simulator invented
    level: int
    scopes: Collection[str]
    region: str
    elder: bool = False
    invented: bool = False  # nobody lives who is called so: a developer tries his back end
    token_id: Id | None = None  # of the citizen's token that the call was made with, if there is one


@dataclass(frozen=True, kw_only=True)
class Called:
    """What a session token of ours says to ourselves."""

    audience: str
    api: str
    scopes: frozenset[str]
    until: datetime
    invented: bool
    token_id: Id | None


def configure(issuer: str) -> None:
    """Tell this process who it is: `iss` of every session token."""
    global _issuer
    _issuer = issuer


def issuer() -> str:
    """Return who signs."""
    return _issuer


async def lent(who: Who, audience: str, api: str, *, now: datetime) -> str:
    """Return a token for calls of `api`: that of a call before, if it says the same and is young enough.

    A page calls the same API several times while it loads, and a signature costs more than all that is looked
    at.  What it would say is the key, the citizen's own token among it: so whatever changes, it is another.
    """
    key = (_issuer, audience, api, who.sub, who.level, tuple(who.scopes), who.region, who.elder, who.invented,
           who.token_id)  # fmt: skip
    held = _issued.get(key)
    if held is not None and held[0] <= now < held[0] + AGAIN:
        return held[1]
    token = await issue(who, audience, api, now=now)
    _issued.pop(key, None)
    _issued[key] = now, token
    if len(_issued) > KEPT:
        _issued.popitem(last=False)
    return token


async def issue(who: Who, audience: str, api: str, *, now: datetime) -> str:
    """Return a fresh token for calls of `api`.

    `audience` is the client id that the back end is connected by, so what tells of nobody who lives is worth
    nothing to the one that serves citizens.
    """
    claims: dict[str, Any] = {
        "iss": _issuer,
        "aud": audience,
        "sub": who.sub,
        "iat": int(now.timestamp()),
        "exp": int((now + LIFE).timestamp()),
        "jti": new_hex() if who.token_id is None else _hidden(who.token_id),
        "api": api,
        "scope": " ".join(sorted(who.scopes)),
        "level": who.level,
        "region": who.region,
        "elder": who.elder,
    }
    if who.invented:
        claims["invented"] = True
    return await signing.sign(Purpose.SESSION_TOKEN, claims, now=now)


async def read(token: str) -> Called:
    """Return what a session token says, however old it is.

    Raises: BadSignature when it is none of ours.
    """
    claims = await signing.verify(Purpose.SESSION_TOKEN, token)
    return Called(
        audience=claims["aud"], api=claims["api"], scopes=frozenset(claims["scope"].split()),
        until=datetime.fromtimestamp(claims["exp"], UTC), invented=claims.get("invented") is True,
        token_id=_shown(claims["jti"]),
    )  # fmt: skip


def _hidden(token_id: Id) -> str:
    """Return the id for us alone to read, other each time; a key for each, since there are very many."""
    salt = os.urandom(SALT_BYTES)
    sealed = seal(token_id.bytes, _key(salt), aad=b"")
    return base64.urlsafe_b64encode(salt + sealed).decode().rstrip("=")


def _shown(jti: str) -> Id | None:
    try:
        text = base64.urlsafe_b64decode(jti + "=" * (-len(jti) % 4))
        return Id(bytes=open_(text[SALT_BYTES:], _key(text[:SALT_BYTES]), aad=b""))
    except (ValueError, Tampered):
        return None


def _key(salt: bytes) -> bytes:
    return mac(salt, purpose="session token")


async def keys(*, now: datetime) -> dict[str, Any]:
    """Return the public keys that session tokens are or were lately signed with, as a JWK Set (RFC 7517)."""
    await signing.ensure(Purpose.SESSION_TOKEN, now=now)
    return {"keys": await signing.public_keys(Purpose.SESSION_TOKEN, retired_after=now - PUBLISHED)}
