"""Who makes a request: the bearer token turned into an actor, at one moment of the platform's clock."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.http.errors import AnyRequest
from banshi.errors import NotSignedIn, ScopeMissing
from banshi.scopes import Scope
from identity import verdicts
from identity.actor import ANONYMOUS, Actor
from storage import clock


@dataclass(frozen=True)
class Asker:
    """Who asks, when, and with which token; a visitor has none.

    `kept` lives as long as the verdict on the token is remembered; None when it is not.
    """

    actor: Actor
    now: datetime
    token: str | None = None
    kept: dict[Any, Any] | None = None


async def whoever(request: AnyRequest) -> Asker:
    """Return who makes `request`; without the header Authorization it is a visitor.

    Raises:
        NotSignedIn: there is a token, but it has ended, was revoked or never was one.
    """
    state = request.scope["state"]
    if "asker" not in state:
        return await bearer(request.headers.get("authorization", ""))
    asker: Asker | None = state["asker"]  # found by the short way (api.http.hot), None: refused
    if asker is None:
        raise NotSignedIn()
    return asker


async def bearer(authorization: str) -> Asker:
    """Return who sends the header Authorization with this text, "" when it is left out.

    Tokens come in that header only, never in a cookie, so no other site can make a browser send one.

    Raises:
        NotSignedIn: as `whoever` does.
    """
    now = await clock.now()
    kind, _, token = authorization.partition(" ")
    if not kind:
        return Asker(ANONYMOUS, now)
    token = token.strip()
    verdict = await verdicts.find(token, now=now) if kind.lower() == "bearer" else None
    if verdict is None:
        raise NotSignedIn()
    return Asker(verdict.actor, now, token, verdict.kept)


async def holder_of(request: AnyRequest, scope: Scope) -> Asker:
    """Return who makes `request`, for routes that need `scope`.

    Raises:
        NotSignedIn, ScopeMissing: as a GraphQL field of that scope does.
    """
    asker = await whoever(request)
    if asker.actor.may(scope):
        return asker
    raise NotSignedIn() if asker.actor is ANONYMOUS else ScopeMissing(scope=scope)
