"""Who makes a request: the bearer token turned into an actor, at one moment of the platform's clock."""

from dataclasses import dataclass
from datetime import datetime

from api.http.errors import AnyRequest
from banshi.errors import NotSignedIn, ScopeMissing
from banshi.scopes import Scope
from identity import accounts
from identity.actor import ANONYMOUS, Actor
from storage import clock


@dataclass(frozen=True)
class Asker:
    """Who asks, when, and with which token; a visitor has none."""

    actor: Actor
    now: datetime
    token: str | None


async def whoever(request: AnyRequest) -> Asker:
    """Return who makes `request`; without the header Authorization it is a visitor.

    Tokens come in that header only, never in a cookie, so no other site can make a browser send one.

    Raises:
        NotSignedIn: there is a token, but it has ended, was revoked or never was one.
    """
    now = await clock.now()
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if not kind:
        return Asker(actor=ANONYMOUS, now=now, token=None)
    actor = await accounts.actor_of(token.strip(), now=now) if kind.lower() == "bearer" else None
    if actor is None:
        raise NotSignedIn()
    return Asker(actor=actor, now=now, token=token.strip())


async def holder_of(request: AnyRequest, scope: Scope) -> Asker:
    """Return who makes `request`, for routes that need `scope`.

    Raises:
        NotSignedIn, ScopeMissing: as a GraphQL field of that scope does.
    """
    asker = await whoever(request)
    if asker.actor.may(scope):
        return asker
    raise NotSignedIn() if asker.actor is ANONYMOUS else ScopeMissing(scope=scope)
