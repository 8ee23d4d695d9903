"""The token endpoint (RFC 6749 4.1.3 and 6, OpenID Connect Core 3.1.3): a code or refresh token for more.

Back ends of mini-apps exchange the token of a call here (`identity.oidc.exchange`).
"""

import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID as Id

from identity.clients import Client
from identity.oidc import client_auth, codes, dpop, exchange, grants, id_token, issuer, refresh, telling
from identity.oidc.call import Call
from identity.oidc.claims import OPENID
from identity.oidc.errors import OAuthError
from identity.oidc.grants import Given
from identity.oidc.telling import Telling

VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")  # RFC 7636 4.1

Answer = Callable[[Call, Client, str | None, datetime], Awaitable[dict[str, Any]]]


async def answer(call: Call, *, now: datetime) -> dict[str, Any]:
    """Return the tokens.

    Raises: OAuthError, RateLimited.
    """
    client = await client_auth.authenticate(call, now=now)
    give = GRANT_TYPES.get(call.needs("grant_type"))
    if give is None:
        raise OAuthError("unsupported_grant_type", f"grant_type is one of {', '.join(GRANT_TYPES)}")
    jkt = await dpop.prove(call.proofs, method="POST", url=issuer.endpoint("token"), now=now)
    if jkt is None and client.is_fapi2:
        raise OAuthError("invalid_request", "FAPI 2.0: this client must send a DPoP proof (RFC 9449)")
    return await give(call, client, jkt, now)


async def _code(call: Call, client: Client, jkt: str | None, now: datetime) -> dict[str, Any]:
    verifier = call.needs("code_verifier")
    if VERIFIER.fullmatch(verifier) is None:
        raise OAuthError("invalid_grant", "code_verifier is not 43 to 128 unreserved characters")
    shown = codes.Shown(
        code=call.needs("code"),
        client_id=client.client_id,
        redirect_uri=call.needs("redirect_uri"),
        challenge=codes.challenge_of(verifier),
        resources=call.resources,
        jkt=jkt,
        binds=jkt is not None and (client.is_public or client.is_fapi2),
    )
    given = await codes.redeem(shown, now=now)
    return await _body(given, nonce=given.grant["nonce"], now=now)


async def _refresh(call: Call, client: Client, jkt: str | None, now: datetime) -> dict[str, Any]:
    scope = call.parameters.get("scope")
    shown = refresh.Shown(
        token=call.needs("refresh_token"),
        client_id=client.client_id,
        scopes=None if scope is None else list(dict.fromkeys(scope.split())),
        resources=call.resources,
        jkt=jkt,
    )
    return await _body(await refresh.rotate(shown, now=now), nonce=None, now=now)


GRANT_TYPES: dict[str, Answer] = {
    "authorization_code": _code,
    "refresh_token": _refresh,
    exchange.GRANT_TYPE: exchange.answer,
}


async def _body(given: Given, *, nonce: str | None, now: datetime) -> dict[str, Any]:
    body = {
        "access_token": given.access,
        "token_type": "DPoP" if given.jkt else "Bearer",
        "expires_in": int((given.until - now).total_seconds()),
        "refresh_token": given.refresh,
        "scope": " ".join(given.scopes),
    }
    if OPENID in given.scopes:
        body["id_token"] = await id_token.make(given, await _told(given, now=now), nonce=nonce, now=now)
    return body


async def _told(given: Given, *, now: datetime) -> dict[str, Any]:
    """Return the claims that the id_token itself is to tell."""
    grant = given.grant
    if not grant["id_token"]:
        return {}
    return await telling.tell(
        Telling(
            person_id=Id(str(grant["party_id"])),
            client_id=grant["client_id"],
            session_id=Id(str(grant["session_id"])),
            region=grant["region"],
            level=grant["level_now"],
            keys=telling.agreed(grant["id_token"], given.scopes, grant),
            same_person=grant["same_person"],
            **grants.acted(grant),
        ),
        now=now,
    )
