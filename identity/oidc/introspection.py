"""Introspection (RFC 7662): a client asks of its own tokens, a resource server of those meant for it.

Everything else is not active, without a word why.
"""

from datetime import datetime
from typing import Any
from uuid import UUID as Id

from identity.assurance import acr_of
from identity.clients import Client
from identity.oidc import client_auth, grants, issuer, resource
from identity.oidc.call import Call
from identity.oidc.errors import ClientRefused
from identity.subjects import pairwise_sub
from identity.tokens import LIFE
from storage.db import fetch
from storage.seal import token_hash

INACTIVE: dict[str, Any] = {"active": False}

_REFRESH = (
    "SELECT g.*, r.created_at AS issued_at FROM oidc_refresh r JOIN oidc_grant g ON g.id = r.grant_id"  # noqa: S608
    f" WHERE r.token_hash = $1 AND r.used_at IS NULL AND {grants.lives('$2')}"
)


async def answer(call: Call, *, now: datetime) -> dict[str, Any]:
    """Return what is known of the token.

    Raises: OAuthError, also for a public client, which could not prove that it may ask.
    """
    client = await client_auth.authenticate(call, now=now)
    if client.is_public:
        raise ClientRefused("a public client cannot prove that it may ask")
    token = call.needs("token")
    if token.startswith(grants.REFRESH_PREFIX):
        return await _refresh(token, client, now=now)
    return await _access(token, client, now=now)


async def _access(token: str, client: Client, *, now: datetime) -> dict[str, Any]:
    row = await resource.living(token, now=now)
    if row is None:
        return INACTIVE
    audience = _audience(row, client)
    if not audience:
        return INACTIVE
    bound = {"cnf": {"jkt": row["jkt"]}} if row["jkt"] else {}
    return {
        **_common(row, row["app_id"], client),
        "token_type": "DPoP" if row["jkt"] else "Bearer",
        "aud": audience,
        "exp": int(row["expires_at"].timestamp()),
        "iat": int((row["expires_at"] - LIFE).timestamp()),
        **bound,
    }


def _audience(row: dict[str, Any], client: Client) -> list[str]:
    """Return the audiences that the asker may know of: all of its own token's, else those it serves."""
    named: list[str] = row["audience"]
    return named if row["app_id"] == client.client_id else [each for each in named if each in client.serves]


async def _refresh(token: str, client: Client, *, now: datetime) -> dict[str, Any]:
    rows = await fetch(_REFRESH, token_hash(token), now)
    if not rows or rows[0]["client_id"] != client.client_id:
        return INACTIVE
    row = rows[0]
    return {
        **_common(row, row["client_id"], client),
        "exp": int(row["expires_at"].timestamp()),
        "iat": int(row["issued_at"].timestamp()),
        **({"cnf": {"jkt": row["jkt"]}} if row["jkt"] else {}),
    }


def _common(row: dict[str, Any], client_id: str, asker: Client) -> dict[str, Any]:
    """Return what is said of either kind; `sub` is the subject as the asker knows it."""
    return {
        "active": True,
        "iss": issuer.issuer(),
        "client_id": client_id,
        "sub": pairwise_sub(asker.client_id, Id(str(row["party_id"]))),
        "scope": " ".join(row["scopes"]),
        "acr": acr_of(row["acr_level"]),
        "auth_time": int(row["authenticated_at"].timestamp()),
    }
