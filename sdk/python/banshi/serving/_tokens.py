"""Session tokens: what the platform sends along with each call, good for this mini-app and sixty seconds.

An ES256 JWT (RFC 7519, RFC 9068): `iss` the platform, `aud` the client id, `sub` the citizen as this mini-app
knows him, `api`, `scope`, `level`, `region`, `elder`, `jti`.  Its keys are at `{iss}/.well-known/jwks.json`.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import httpx
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from banshi.errors import DomainError, Unavailable
from banshi.platform import Acting, OnBehalf
from banshi.serving._citizen import Citizen

LIFE_S, LEEWAY_S = 60, 5
KEPT_S, AGAIN_S = 300.0, 10.0  # keys are asked for anew so often, and no more often for unknown ones
TOLD = ("iss", "aud", "sub", "exp", "iat", "nbf", "jti", "api", "scope", "level", "region", "elder")

Fetch = Callable[[], Awaitable[dict[str, Any]]]


class TokenRefused(DomainError):
    """The call does not come from the platform, or too late, or is meant for somebody else."""

    code = "SESSION_TOKEN_REFUSED"
    status = 401
    text = "The session token was refused: {reason}."


class Keys:
    """The platform's public keys, fetched when they are needed and kept for five minutes."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._held: KeySet | None = None
        self._asked_at = float("-inf")
        self._lock = asyncio.Lock()

    async def having(self, kid: str | None) -> KeySet:
        """Return the keys, fetched anew when this one is not among them.

        Raises: Unavailable.
        """
        async with self._lock:
            age = time.monotonic() - self._asked_at
            is_there = self._held is not None and any(key.kid == kid for key in self._held.keys)
            if self._held is None or age > KEPT_S or (not is_there and age > AGAIN_S):
                self._held, self._asked_at = KeySet.import_key_set(await self._ask()), time.monotonic()  # type: ignore[arg-type]
            return self._held

    async def _ask(self) -> dict[str, Any]:
        try:
            return await self._fetch()
        except (httpx.HTTPError, ValueError) as error:
            raise Unavailable(system="the platform's keys") from error


def published(platform: str) -> Fetch:
    """Return what fetches the keys that a platform publishes."""

    async def fetch() -> dict[str, Any]:
        async with httpx.AsyncClient(timeout=5.0) as client:
            answer = await client.get(f"{platform}/.well-known/jwks.json")
            answer.raise_for_status()
            found: dict[str, Any] = answer.json()
            return found

    return fetch


class Door:
    """Reads session tokens for one mini-app of one platform.

    `audience` is the app id for calls of citizens; only a connection with sandbox credentials, or from a
    developer's desk, has another: what tells of an invented citizen opens no door that is for living ones.
    `acting` is by which those who come in may be acted for.
    """

    def __init__(self, app_id: str, platform: str, keys: Keys, acting: Acting) -> None:
        self.audience, self.platform, self.keys, self.acting = app_id, platform, keys, acting

    async def citizen(self, token: str, *, api: str) -> Citizen:
        """Return for whom a call of `api` is.

        Raises: TokenRefused, Unavailable.
        """
        try:
            kid = jws.extract_compact(token.encode()).headers().get("kid")
        except (JoseError, ValueError) as error:
            raise TokenRefused(reason="it is no token") from error
        keys = await self.keys.having(kid)
        try:
            claims = jwt.decode(token, keys, algorithms=["ES256"]).claims
        except (JoseError, ValueError) as error:
            raise TokenRefused(reason="the platform did not sign it") from error
        self._check(claims, api, now=time.time())
        return citizen_of(claims, behalf=partial(self.acting.behalf, token))

    def _check(self, claims: dict[str, Any], api: str, *, now: float) -> None:
        wanted = {"iss": self.platform, "aud": self.audience, "api": api}
        for name, value in wanted.items():
            if claims.get(name) != value:
                raise TokenRefused(reason=f"{name} is not {value}")
        begins, ends = claims.get("iat"), claims.get("exp")
        if not isinstance(begins, int) or not isinstance(ends, int) or ends - begins > LIFE_S:
            raise TokenRefused(reason=f"it is good for longer than {LIFE_S} s")
        if not begins - LEEWAY_S <= now < ends + LEEWAY_S:
            raise TokenRefused(reason="its time is over, or has not come")
        if not isinstance(claims.get("sub"), str):
            raise TokenRefused(reason="sub is missing")


def citizen_of(claims: dict[str, Any], *, behalf: Callable[..., OnBehalf] | None = None) -> Citizen:
    """Return of whom the claims of a session token tell."""
    return Citizen(
        sub=claims["sub"],
        level=int(claims.get("level", 1)),
        scopes=frozenset(str(claims.get("scope", "")).split()),
        region=str(claims.get("region", "330000")),
        elder=claims.get("elder") is True,
        claims={name: value for name, value in claims.items() if name not in TOLD},
        behalf=behalf,
    )
