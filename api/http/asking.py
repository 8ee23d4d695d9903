"""Who makes a request: the bearer token turned into an actor, at one moment of the platform's clock."""

from datetime import datetime
from typing import Any

from msgspec import Struct

from api.context import DEVICE_CHARACTERS, Context
from api.http import quota
from api.http.errors import AnyRequest, request_id_of
from banshi.errors import NotSignedIn, ScopeMissing
from banshi.scopes import Scope
from identity import verdicts
from identity.actor import ANONYMOUS, Actor
from identity.oidc import issuer, resource
from identity.oidc.errors import TokenRefused
from identity.oidc.resource import Shown
from identity.verdicts import Verdict
from storage import clock


class Asker(Struct, frozen=True):
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
        RateLimited: too many such came from there.
    """
    state = request.scope["state"]
    if "asker" not in state:
        return await bearer(request.headers.get("authorization", ""), state["address"], request)
    asker: Asker | None = state["asker"]  # found by the short way (api.http.hot), None: refused
    if asker is None:
        raise NotSignedIn()
    return asker


async def bearer(authorization: str, address: str, request: AnyRequest | None = None) -> Asker:
    """Return who sends the header Authorization with this text, "" when it is left out, from `address`.

    Tokens come in that header only, never in a cookie, so no other site can make a browser send one.
    One that is bound to a key needs the whole `request`, with the proof (RFC 9449).

    Raises:
        NotSignedIn, RateLimited: as `whoever` does.
    """
    now = await clock.now()
    kind, _, token = authorization.partition(" ")
    if not kind:
        return Asker(ANONYMOUS, now)
    scheme = kind.lower()
    if scheme not in ("bearer", "dpop"):
        raise NotSignedIn()
    token = token.strip()
    verdict = verdicts.recall(token, now=now) or await _verdict(token, address, now)
    if verdict.jkt is not None or scheme == "dpop":
        await _check_key(scheme, token, verdict, request, now=now)
    return Asker(verdict.actor, now, token, verdict.kept)


def known(authorization: str) -> Asker | None:
    """Return who sends this header Authorization, if nobody need be asked of him; None: ask `bearer`."""
    now = clock.at_hand()
    kind, _, token = authorization.partition(" ")
    if now is None:
        return None
    if not kind:
        return Asker(ANONYMOUS, now)
    if kind.lower() != "bearer":
        return None
    token = token.strip()
    verdict = verdicts.recall(token, now=now)
    if verdict is None or verdict.jkt is not None:
        return None
    return Asker(verdict.actor, now, token, verdict.kept)


async def _check_key(
    scheme: str, token: str, verdict: Verdict, request: AnyRequest | None, *, now: datetime
) -> None:
    """Check that a token bound to a key comes with a proof, and one that is not comes without."""
    if request is None:
        raise NotSignedIn()
    shown = Shown(
        scheme=scheme,
        token=token,
        method=str(request.method),
        url=f"{issuer.issuer()}{request.url.path}",
        proofs=tuple(request.headers.getall("dpop", [])),
    )
    try:
        await resource.check_key(shown, verdict.jkt, now=now)
    except TokenRefused:
        raise NotSignedIn() from None


async def _verdict(token: str, address: str, now: datetime) -> Verdict:
    quota.check_tries(address)
    verdict = await verdicts.find(token, now=now)
    if verdict is None:
        await quota.count_try(address)
        raise NotSignedIn()
    return verdict


def context_of(request: AnyRequest, asker: Asker) -> Context:
    """Return what resolvers know of `request`, which `asker` makes."""
    return Context(
        actor=asker.actor,
        now=asker.now,
        token=asker.token,
        request_id=request_id_of(request),
        address=request.scope["state"]["address"],
        device=request.headers.get("user-agent", "")[:DEVICE_CHARACTERS],
        kept=asker.kept,
    )


async def holder_of(request: AnyRequest, scope: Scope) -> Asker:
    """Return who makes `request`, for routes that need `scope`.

    Raises:
        NotSignedIn, ScopeMissing: as a GraphQL field of that scope does.
    """
    asker = await whoever(request)
    if asker.actor.may(scope):
        return asker
    raise NotSignedIn() if asker.actor is ANONYMOUS else ScopeMissing(scope=scope)
