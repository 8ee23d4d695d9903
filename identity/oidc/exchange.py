"""Token exchange (RFC 8693): a mini-app's back end shows the token of a call, and may act for its citizen.

What it gets is bound to all that the citizen's own token is bound to, no wider, and over at the same moment.
It is computed from just that: whoever shows the same once more, or the token of the next call, gets the same.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID as Id

from identity import audit, session_tokens, tokens
from identity.clients import Client
from identity.oidc import issuer
from identity.oidc.call import Call
from identity.oidc.errors import OAuthError
from identity.session_tokens import Called
from identity.signing import BadSignature
from storage.db import execute, fetch, transaction
from storage.ids import new_id
from storage.seal import mac, token_hash

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:token-exchange"
JWT = "urn:ietf:params:oauth:token-type:jwt"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105 (a name)
INVENTED = "CITIZEN_INVENTED: a developer invented this citizen, so the platform has nothing of his"

_OWN = (
    "SELECT t.*, s.mandate_id, least(s.level, person.level) AS level,"
    " least(t.expires_at, c.until, s.expires_at, s.idle_until) AS until"
    f"{tokens.LIVING_BY_ID} AND t.app_id = $3 AND t.grant_id IS NULL"
    " AND t.acting_for = coalesce(m.party_id, t.party_id)"
)
_STORE = (
    "INSERT INTO app_token (id, party_id, token_hash, app_id, version_id, session_id, acting_for, scopes,"
    " consent_id, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
    " ON CONFLICT (token_hash) DO NOTHING"
)
_LIVES = "SELECT id FROM app_token WHERE token_hash = $1 AND expires_at > $2"


async def answer(call: Call, client: Client, jkt: str | None, now: datetime) -> dict[str, Any]:
    """Return a token for our API, to act for the citizen whose call `subject_token` came along with.

    Raises: OAuthError, in the codes of RFC 8693 2.2.2: invalid_request for a token that is no good at all,
        invalid_grant when what it stands for is over.
    """
    _check(call, jkt)
    called = await _subject(call.needs("subject_token"), client, now=now)
    asked = call.parameters.get("scope")
    scopes = sorted(called.scopes if asked is None else set(asked.split()))
    if not called.scopes.issuperset(scopes):
        raise OAuthError("invalid_scope", "scope is wider than what the call was made with")
    rows = await fetch(_OWN, called.token_id, now, client.client_id)
    if not rows:
        raise OAuthError("invalid_grant", "the citizen's token, session or consent has ended")
    [own] = rows
    return {
        "access_token": await _lent(own, scopes, called.api, now=now),
        "issued_token_type": ACCESS_TOKEN,
        "token_type": "Bearer",
        "expires_in": int((own["until"] - now).total_seconds()),
        "scope": " ".join(scopes),
    }


def _check(call: Call, jkt: str | None) -> None:
    """Check all that is asked besides the token."""
    told = call.parameters
    if call.needs("subject_token_type") != JWT:
        raise OAuthError("invalid_request", f"subject_token_type must be {JWT}")
    if told.get("requested_token_type", ACCESS_TOKEN) != ACCESS_TOKEN:
        raise OAuthError("invalid_request", f"requested_token_type must be {ACCESS_TOKEN}")
    if "actor_token" in told or "actor_token_type" in told:
        raise OAuthError("invalid_request", "there is no actor_token: the client itself acts")
    if "audience" in told or any(each != issuer.api() for each in call.resources):
        raise OAuthError("invalid_target", f"the token is for {issuer.api()} alone")
    if jkt is not None:
        raise OAuthError("invalid_request", "the token is bound to no key: send no DPoP proof")


async def _subject(token: str, client: Client, *, now: datetime) -> Called:
    """Return what the token of a call says."""
    try:
        called = await session_tokens.read(token)
    except BadSignature:
        raise OAuthError("invalid_request", "subject_token is not a session token of this platform") from None
    if called.audience != client.client_id:
        raise OAuthError("invalid_request", "subject_token is for another client")
    if called.invented:
        raise OAuthError("invalid_request", INVENTED)
    if called.until <= now:
        raise OAuthError("invalid_request", "subject_token has expired: exchange it within a minute")
    if called.token_id is None:
        raise OAuthError("invalid_request", "the call of subject_token was made without a token of a citizen")
    return called


async def _lent(own: dict[str, Any], scopes: Sequence[str], api: str, *, now: datetime) -> str:
    """Return the token that goes with the citizen's `own`, stored and noted if it is new.

    Raises: OAuthError when it was revoked.
    """
    bound = [own[name] for name in ("session_id", "app_id", "version_id", "acting_for", "consent_id")]
    text = "\0".join([*map(str, bound), own["expires_at"].isoformat(), *scopes])
    token = tokens.PREFIX + mac(text.encode(), purpose="exchanged token").hex()
    hashed, person_id = token_hash(token), Id(str(own["party_id"]))
    async with transaction():
        tag = await execute(
            _STORE, new_id(), person_id, hashed, own["app_id"], own["version_id"], own["session_id"],
            own["acting_for"], scopes, own["consent_id"], own["expires_at"],
        )  # fmt: skip
        if tag.endswith(" 1"):
            mandate_id = own["mandate_id"]
            caller = tokens.caller(
                own["app_id"], person_id, session_id=Id(str(own["session_id"])), level=own["level"],
                acting_for=Id(str(own["acting_for"])),
                delegation_id=mandate_id and Id(str(mandate_id)),
            )  # fmt: skip
            object = f"app/{own['app_id']}/{api}"
            await audit.record(caller, "app.exchange", object, " ".join(scopes), now=now)
            return token
    if not await fetch(_LIVES, hashed, now):
        raise OAuthError("invalid_grant", "the token that was given for this was revoked")
    return token
