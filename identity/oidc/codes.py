"""Authorization codes: ≤ 60 s, stored as hashes, good once (RFC 6749 4.1.2, RFC 9700 2.1.1)."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID as Id

from authlib.oauth2.rfc7636 import create_s256_code_challenge

from identity import audit, consents
from identity.actor import Actor
from identity.consents import Held
from identity.oidc import grants, questions
from identity.oidc.asking import Asked
from identity.oidc.claims import OFFLINE, RESIDENT_OF, SAME_PERSON, VERIFY, level
from identity.oidc.errors import OAuthError, RequestUnknown
from identity.oidc.grants import CODE_LIFE, OFFLINE_LIFE, Given
from storage.db import fetch, transaction
from storage.ids import new_id
from storage.seal import token_hash

PREFIX = "c"

_NOTED = f"(SELECT line.*, made.party_id FROM made, {audit.LINES.source('line', first=22)}) AS line"  # noqa: S608
_ISSUE = (
    "WITH used AS (UPDATE oidc_request SET used_at = $2 WHERE id = $1 AND used_at IS NULL"  # noqa: S608
    " AND expires_at > $2 RETURNING id),"
    " made AS (INSERT INTO oidc_grant (id, party_id, client_id, session_id, consent_id, scopes, userinfo,"
    " id_token, same_person, resources, offline, nonce, acr_level, level, method, authenticated_at,"
    " redirect_uri, code_hash, code_challenge, code_until, code_jkt, created_at, expires_at)"
    " SELECT $3, s.party_id, $4, s.id, $5, $6, $7, $8, $9, $10, $11, $12, coalesce("
    "(SELECT max(wanted) FROM unnest($13::int[]) AS w (wanted) WHERE wanted <= $21), $21), $21,"
    " s.method, s.authenticated_at, $14, $15, $16, $17, $18, $2,"
    " CASE WHEN $11 THEN $19 ELSE s.expires_at END"
    " FROM session s WHERE s.id = $20 AND s.ended_at IS NULL"
    " AND ($1::uuid IS NULL OR EXISTS (SELECT FROM used))"
    " RETURNING id, party_id),"
    f" noted AS ({audit.insert_lines(_NOTED)})"
    " SELECT id FROM made"
)


async def issue(actor: Actor, asked: Asked, consent: Held, *, request_id: Id | None, now: datetime) -> str:
    """Return a code for what is asked as far as it is consented to, using up the request that waited.

    One statement, and a few more where predicates with values are asked.
    Raises: RequestUnknown when the request is used up or the session is over; SentBack for too many
        questions.
    """
    keys = _granted(asked, consent, actor)
    asking = _questions(asked, keys)
    if not asking:
        return await _insert(actor, asked, consent, keys, request_id=request_id, now=now)
    async with transaction():
        await consents.lock(actor.person_id)
        await questions.count(actor.person_id, asked.client_id, asking, now=now)
        return await _insert(actor, asked, consent, keys, request_id=request_id, now=now)


def _granted(asked: Asked, consent: Held, actor: Actor) -> frozenset[str]:
    """Return what is asked, agreed to, and not above the level of this sign-in."""
    agreed = asked.keys & {*consent.claims, *consent.scopes}
    return frozenset(key for key in agreed if level(key) <= actor.level)


def _questions(asked: Asked, keys: Collection[str]) -> list[str]:
    """Return the questions with values, each another one when its value is another."""
    regions = [key for key in keys if key.startswith(f"{VERIFY}.{RESIDENT_OF}:")]
    compares = f"{VERIFY}.{SAME_PERSON}" in keys
    return [*regions, *([f"{SAME_PERSON}:{asked.same_person}"] if compares else [])]


async def _insert(
    actor: Actor,
    asked: Asked,
    consent: Held,
    keys: frozenset[str],
    *,
    request_id: Id | None,
    now: datetime,
) -> str:
    code, grant_id = PREFIX + secrets.token_hex(32), new_id()
    scopes = asked.granted_scopes(keys)
    offline = OFFLINE in keys
    line = audit.line(actor, "oidc.code", f"client/{asked.client_id}", " ".join(scopes), now=now)
    levels = asked.levels if asked.levels_essential else []
    until = min(now + OFFLINE_LIFE, consent.until or now + OFFLINE_LIFE)
    rows = await fetch(
        _ISSUE, request_id, now, grant_id, asked.client_id, consent.id, scopes,
        [key for key in asked.userinfo if key in keys], [key for key in asked.id_token if key in keys],
        asked.same_person, asked.resources, offline, asked.nonce, levels, asked.redirect_uri,
        token_hash(code), asked.code_challenge, now + CODE_LIFE, asked.jkt, until,
        actor.session_id, actor.level, *audit.LINES.arguments([line]),
    )  # fmt: skip
    if not rows:
        raise RequestUnknown
    return code


_REDEEM = (
    "WITH won AS (UPDATE oidc_grant g SET code_used_at = $2, jkt = CASE WHEN $15 THEN $5 END"  # noqa: S608
    " WHERE g.code_hash = $1 AND g.client_id = $3 AND g.redirect_uri = $13 AND g.code_challenge = $14"
    " AND (g.code_jkt IS NULL OR g.code_jkt = $5) AND $4::text[] <@ g.resources"
    f" AND g.code_used_at IS NULL AND g.code_until > $2 AND {grants.lives('$2')} RETURNING g.*)"
    f"{grants.GIVES}"
)
_WHY = (
    "SELECT g.id, g.party_id, g.session_id, g.level, g.client_id, g.redirect_uri,"
    " g.code_challenge, g.code_jkt, g.code_until, g.code_used_at,"
    " $2::text[] <@ g.resources AS targets FROM oidc_grant g WHERE g.code_hash = $1"
)


def challenge_of(verifier: str) -> str:
    """Return the S256 challenge of a verifier (RFC 7636 4.2)."""
    return str(create_s256_code_challenge(verifier))


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What a client shows with its code."""

    code: str
    client_id: str
    redirect_uri: str
    challenge: str
    resources: list[str]
    jkt: str | None  # of the key it proved to hold
    binds: bool  # whether that key alone may refresh


async def redeem(shown: Shown, *, now: datetime) -> Given:
    """Use up the code and return what it gives.  One statement; of two at once one wins.

    Raises: OAuthError; the second use ends what the first gave.
    """
    given = grants.new_tokens(shown.resources, scopes=None, jkt=shown.jkt)
    rows = await fetch(
        _REDEEM, token_hash(shown.code), now, shown.client_id, *grants.arguments(given, now=now),
        shown.redirect_uri, shown.challenge, shown.binds,
    )  # fmt: skip
    if not rows:
        raise await _why_not(shown, now=now)
    return grants.given(given, rows[0])


async def _why_not(shown: Shown, *, now: datetime) -> OAuthError:
    """Return why a code was not taken; one that is used a second time ends what the first use gave."""
    rows = await fetch(_WHY, token_hash(shown.code), shown.resources)
    if not rows or rows[0]["client_id"] != shown.client_id:
        return OAuthError("invalid_grant", "the code is not one that we gave this client")
    row = rows[0]
    if row["code_used_at"] is not None:
        await grants.end_reused(row, "code", now=now)
        return OAuthError("invalid_grant", "the code was used before: everything it gave is revoked")
    return _mismatch(row, shown, now=now)


def _mismatch(row: dict[str, Any], shown: Shown, *, now: datetime) -> OAuthError:
    if row["code_until"] <= now:
        return OAuthError("invalid_grant", "the code has expired")
    if row["redirect_uri"] != shown.redirect_uri:
        return OAuthError("invalid_grant", "redirect_uri is not that of the authorization request")
    if row["code_challenge"] != shown.challenge:
        return OAuthError("invalid_grant", "code_verifier does not fit the code_challenge")
    if row["code_jkt"] not in (None, shown.jkt):
        return OAuthError("invalid_dpop_proof", "the code is bound to another DPoP key (dpop_jkt)")
    if not row["targets"]:
        return OAuthError("invalid_target", "resource was not asked for at authorization")
    return OAuthError("invalid_grant", "session, consent or client has ended")
