"""Pushed authorization requests (RFC 9126): brought by the client itself, so nobody has changed them."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from piccolo.columns import JSONB, Bytea, Timestamptz, Varchar
from piccolo.table import Table

from identity.oidc import authorize, client_auth, dpop, issuer
from identity.oidc.asking import Asked, decoded
from identity.oidc.call import Call
from identity.oidc.errors import OAuthError
from storage.db import DB, execute, fetch
from storage.seal import token_hash

PREFIX = "urn:ietf:params:oauth:request_uri:"
LIFE = timedelta(seconds=60)


class OidcPushed(Table, db=DB, tablename="oidc_pushed"):
    """One request that was pushed; it is removed when the browser brings its name."""

    uri_hash = Bytea(primary_key=True)
    client_id = Varchar(64)
    asked = JSONB()
    expires_at = Timestamptz()


async def answer(call: Call, *, now: datetime) -> dict[str, Any]:
    """Keep the request and return its name.

    Raises: OAuthError; what an authorization request would be sent back for is answered at once.
    """
    client = await client_auth.authenticate(call, now=now)
    if "request_uri" in call.parameters:
        raise OAuthError("invalid_request", "request_uri cannot be pushed")
    jkt = await dpop.prove(call.proofs, method="POST", url=issuer.endpoint("par"), now=now)
    parameters = {**call.parameters, "client_id": client.client_id}
    await authorize.client_of(parameters)
    asked = await authorize.understand(parameters, call.resources, client, pushed=True, proved=jkt)
    name = PREFIX + secrets.token_urlsafe(32)
    await execute(
        "INSERT INTO oidc_pushed (uri_hash, client_id, asked, expires_at) VALUES ($1, $2, $3::jsonb, $4)",
        token_hash(name), client.client_id, asked.encoded(), now + LIFE,
    )  # fmt: skip
    return {"request_uri": name, "expires_in": int(LIFE.total_seconds())}


async def take(name: str, client_id: str, *, now: datetime) -> Asked:
    """Return the request of this name, which nobody can take a second time.

    Raises: OAuthError, to be shown and taken nowhere; the name of another client stays.
    """
    rows = await fetch(
        "DELETE FROM oidc_pushed p USING oidc_client c WHERE p.uri_hash = $1 AND p.client_id = $2"
        " AND p.expires_at > $3 AND c.client_id = p.client_id AND c.disabled_at IS NULL RETURNING p.asked",
        token_hash(name), client_id, now,
    )  # fmt: skip
    if not rows:
        raise OAuthError(
            "invalid_request_uri", "request_uri is not one of this client, was used, or has expired"
        )
    return decoded(rows[0]["asked"])


async def sweep(*, now: datetime) -> None:
    """Forget requests that no browser came with."""
    await execute("DELETE FROM oidc_pushed WHERE expires_at < $1", now)
