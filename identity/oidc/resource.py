"""Access tokens shown to us as a resource server (RFC 6750, RFC 9449 7): at UserInfo, and anywhere else.

A token that was bound to a key is taken with the scheme DPoP and a proof only, one that was not only with
the scheme Bearer; so neither can be passed off as the other.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from identity import halts, people, tokens
from identity.oidc import dpop
from identity.oidc.errors import OAuthError, TokenRefused
from storage.db import fetch
from storage.seal import token_hash

LIVING = (
    f"SELECT t.party_id, t.app_id, t.session_id, {tokens.SCOPES} AS scopes, t.audience, t.jkt,"
    " t.expires_at, person.region,"
    " g.id AS grant_id, g.userinfo, g.same_person, least(g.level, person.level) AS level_now, g.acr_level,"
    " g.authenticated_at, m.party_id AS acting_for, m.id AS delegation_id,"
    f" c.claims || c.scopes AS consented, {halts.HALTED} AS halted, {people.SEALED}"
    f" {tokens.LIVING} AND t.grant_id IS NOT NULL"
)


@dataclass(frozen=True, kw_only=True)
class Shown:
    """How a token was sent."""

    scheme: str  # "bearer" or "dpop"
    token: str
    method: str
    url: str  # of the endpoint, for clients
    proofs: tuple[str, ...]


async def living(token: str, *, now: datetime) -> dict[str, Any] | None:
    """Return the row of an access token of a grant that lives, whatever its audience.  One statement."""
    if not token.startswith(tokens.PREFIX):
        return None
    rows = await fetch(LIVING, token_hash(token), now)
    return rows[0] if rows else None


async def take(shown: Shown, *, audience: str, scope: str, now: datetime) -> dict[str, Any]:
    """Return the row of the access token, good for `audience` and with `scope`.

    Raises: TokenRefused.
    """
    row = await living(shown.token, now=now)
    if row is None or audience not in row["audience"]:
        raise _refused(shown, "the access token is unknown, has ended, or is for another resource")
    await check_key(shown, row["jkt"], now=now)
    if scope not in row["scopes"]:
        raise TokenRefused(
            "insufficient_scope",
            f"this needs the scope {scope}",
            status=403,
            scheme=_scheme(shown),
            scope=scope,
        )
    return row


async def check_key(shown: Shown, jkt: str | None, *, now: datetime) -> None:
    """Check that a token bound to the key `jkt`, or to none, was sent as such a token must be.

    Raises: TokenRefused.
    """
    if (shown.scheme == "dpop") != (jkt is not None):
        wanted = "DPoP" if jkt is not None else "Bearer"
        raise TokenRefused("invalid_token", f"this token is sent with the scheme {wanted}", scheme=wanted)
    if jkt is None:
        return
    try:
        proved = await dpop.prove(
            shown.proofs, method=shown.method, url=shown.url, token=shown.token, now=now
        )
    except OAuthError as error:
        raise TokenRefused(error.error, error.description, scheme="DPoP") from None
    if proved is None:
        raise TokenRefused("invalid_dpop_proof", "there is no DPoP proof", scheme="DPoP")
    if proved != jkt:
        raise _refused(shown, "the access token is bound to another key")


def _refused(shown: Shown, description: str) -> TokenRefused:
    return TokenRefused("invalid_token", description, scheme=_scheme(shown))


def _scheme(shown: Shown) -> str:
    return "DPoP" if shown.scheme == "dpop" else "Bearer"
