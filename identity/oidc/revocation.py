"""Revocation (RFC 7009): a refresh token takes its whole grant along, an access token only itself.

A token that never was, has ended, or is another client's is answered like one that was revoked.
"""

from datetime import datetime

from identity.oidc import client_auth, grants
from identity.oidc.call import Call
from storage.db import execute
from storage.seal import token_hash


async def answer(call: Call, *, now: datetime) -> None:
    """Revoke the token.

    Raises: OAuthError.
    """
    client = await client_auth.authenticate(call, now=now)
    token = call.needs("token")
    if token.startswith(grants.REFRESH_PREFIX):
        await execute(
            "UPDATE oidc_grant g SET ended_at = $3 FROM oidc_refresh r WHERE r.token_hash = $1"
            " AND g.id = r.grant_id AND g.client_id = $2 AND g.ended_at IS NULL",
            token_hash(token), client.client_id, now,
        )  # fmt: skip
    else:
        await execute(
            "UPDATE app_token SET expires_at = $3 WHERE token_hash = $1 AND app_id = $2 AND expires_at > $3",
            token_hash(token), client.client_id, now,
        )  # fmt: skip
