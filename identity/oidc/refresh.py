"""Refresh tokens: each good once, all of a grant one family (RFC 9700 4.14.2).

A token that comes a second time was stolen, or its successor was: the whole family ends, with every access
token.  There is no grace for a client that lost the answer; it sends the citizen to sign in.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from identity.oidc import grants
from identity.oidc.errors import OAuthError
from identity.oidc.grants import Given
from storage.db import fetch
from storage.seal import token_hash


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What a client shows with its refresh token."""

    token: str
    client_id: str
    scopes: list[str] | None  # None: as granted
    resources: list[str]
    jkt: str | None


_ROTATE = (
    "WITH used AS (UPDATE oidc_refresh r SET used_at = $2 FROM oidc_grant g WHERE r.token_hash = $1"  # noqa: S608
    " AND r.used_at IS NULL AND g.id = r.grant_id AND g.client_id = $3 AND (g.jkt IS NULL OR g.jkt = $5)"
    " AND ($6::text[] IS NULL OR $6::text[] <@ g.scopes) AND $4::text[] <@ g.resources"
    f" AND {grants.lives('$2')} RETURNING r.grant_id),"
    " won AS (SELECT g.* FROM oidc_grant g JOIN used ON used.grant_id = g.id)"
    f"{grants.GIVES}"
)
_WHY = (
    "SELECT r.used_at, g.id, g.party_id, g.session_id, g.level, g.client_id, g.jkt, g.scopes,"
    " $2::text[] <@ g.resources AS targets"
    " FROM oidc_refresh r JOIN oidc_grant g ON g.id = r.grant_id WHERE r.token_hash = $1"
)


async def rotate(shown: Shown, *, now: datetime) -> Given:
    """Use up the refresh token and return its successors.  One statement; of two at once one wins.

    Raises: OAuthError; the second use ends the family.
    """
    new = grants.new_tokens(shown.resources, scopes=shown.scopes, jkt=shown.jkt)
    rows = await fetch(
        _ROTATE, token_hash(shown.token), now, shown.client_id, *grants.arguments(new, now=now)
    )
    if not rows:
        raise await _why_not(shown, now=now)
    return grants.given(new, rows[0])


async def _why_not(shown: Shown, *, now: datetime) -> OAuthError:
    rows = await fetch(_WHY, token_hash(shown.token), shown.resources)
    if not rows or rows[0]["client_id"] != shown.client_id:
        return OAuthError("invalid_grant", "the refresh token is not one that we gave this client")
    if rows[0]["used_at"] is not None:
        await grants.end_reused(rows[0], "refresh", now=now)
        return OAuthError("invalid_grant", "the refresh token was used before: all of its family are revoked")
    return _mismatch(rows[0], shown)


def _mismatch(row: dict[str, Any], shown: Shown) -> OAuthError:
    if row["jkt"] not in (None, shown.jkt):
        return OAuthError("invalid_dpop_proof", "the refresh token is bound to another DPoP key")
    if shown.scopes is not None and not set(shown.scopes) <= set(row["scopes"]):
        return OAuthError("invalid_scope", "scope is wider than what was granted")
    if not row["targets"]:
        return OAuthError("invalid_target", "resource was not asked for at authorization")
    return OAuthError("invalid_grant", "session, consent, client or the grant itself has ended")
