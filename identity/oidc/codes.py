"""Authorization codes: ≤ 60 s, stored as hashes, good once (RFC 6749 4.1.2, RFC 9700 2.1.1)."""

import secrets
from collections.abc import Awaitable, Callable, Collection, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID as Id

from authlib.oauth2.rfc7636 import create_s256_code_challenge

from identity import audit, consents
from identity.actor import Actor
from identity.consents import Agreed, Held
from identity.oidc import grants, questions, recent
from identity.oidc.asking import Asked
from identity.oidc.claims import OFFLINE, RESIDENT_OF, SAME_PERSON, VERIFY, is_open
from identity.oidc.errors import OAuthError, RequestUnknown
from identity.oidc.grants import CODE_LIFE, OFFLINE_LIFE, Given
from storage import outbox
from storage.db import fetch, transaction
from storage.ids import new_id
from storage.seal import token_hash
from storage.unnest import unnest

PREFIX = "c"

Key = tuple[Id, bytes]
"""The id of a request that waits, and the hash of the word of the browser that it waits for."""

_LINES = f"{unnest(*audit.LINES.types, 'uuid', first=23)} AS line ({audit.LINES.names}, party_id)"
_NOTED = f"(SELECT line.* FROM made, {_LINES}) AS line"  # noqa: S608

_NOTHING = "SELECT WHERE false"


def _issue(consented: str, lost: str = _NOTHING) -> str:
    """Return the statement that makes a code of a consent, whose id `consented` selects; `lost` is news."""
    return f"""
WITH live AS (
  SELECT id, party_id, method, authenticated_at, expires_at FROM session
  WHERE id = $20 AND ended_at IS NULL),
used AS (
  UPDATE oidc_request SET used_at = $2 FROM live
  WHERE oidc_request.id = $1 AND visitor_hash = $22 AND used_at IS NULL AND oidc_request.expires_at > $2
  RETURNING oidc_request.id),
answered AS (SELECT * FROM live WHERE $1::uuid IS NULL OR EXISTS (SELECT FROM used)),
consented AS ({consented}),
made AS (
  INSERT INTO oidc_grant (id, party_id, client_id, session_id, consent_id, scopes, userinfo, id_token,
    same_person, resources, offline, nonce, acr_level, level, method, authenticated_at, redirect_uri,
    code_hash, code_challenge, code_until, code_jkt, created_at, expires_at)
  SELECT $3, party_id, $4, answered.id, consented.id, $6, $7, $8, $9, $10, $11, $12,
    coalesce((SELECT max(wanted) FROM unnest($13::int[]) AS w (wanted) WHERE wanted <= $21), $21), $21,
    method, authenticated_at, $14, $15, $16, $17, $18, $2,
    CASE WHEN $11 THEN $19 ELSE answered.expires_at END
  FROM answered, consented RETURNING id, party_id),
noted AS ({audit.insert_lines(_NOTED)}),
told AS ({lost})
SELECT id, (SELECT pg_notify('outbox', '') FROM told) FROM made
"""  # noqa: S608


_AGREED = """(
  SELECT $5::uuid AS id, party_id, $4::text AS app_id, $35::text[] AS scopes, $36::text[] AS claims,
    $37::text[] AS asked, $2::timestamptz AS granted_at, $38::timestamptz AS until
  FROM answered, (SELECT pg_advisory_xact_lock($39)) AS held) AS agreed"""
_LOST = f"({consents.lost('answered', 'consented', first=40)}) AS fact"
_ISSUE = _issue("SELECT $5::uuid AS id")
_AGREE_AND_ISSUE = _issue(consents.insert_agreed(_AGREED), f"{outbox.insert_facts(_LOST)} RETURNING id")


async def issue(actor: Actor, asked: Asked, consent: Held, *, waiting: Key | None, now: datetime) -> str:
    """Return a code for what is asked as far as it is consented to, using up the request that waited.

    One statement, and a few more where predicates with values are asked.
    Raises: RequestUnknown when the request is used up or the session is over; SentBack for too many
        questions.
    """
    keys = _granted(asked, {*consent.claims, *consent.scopes}, actor)

    async def one() -> str:
        code, arguments = _made(actor, asked, consent.id, keys, consent.until, waiting, now=now)
        return await _given(code, _ISSUE, *arguments, *_noted(_lines(actor, asked, keys, now=now)))

    return await _asking(actor, asked, keys, one, now=now)


async def agree(actor: Actor, asked: Asked, agreed: Agreed, *, waiting: Key, now: datetime) -> str:
    """Return a code as `issue` does, and store what was agreed to just now by the same statement.

    A client that loses by it what it had is told.
    """
    keys = _granted(asked, {*agreed.claims, *agreed.scopes}, actor)
    granted = audit.line(actor, "consent.grant", f"app/{asked.client_id}", ",".join(agreed.granted), now=now)

    async def one() -> str:
        code, arguments = _made(actor, asked, agreed.id, keys, agreed.until, waiting, now=now)
        lines = [(granted, actor.person_id), *_lines(actor, asked, keys, now=now)]
        return await _given(
            code, _AGREE_AND_ISSUE, *arguments, *_noted(lines),
            agreed.scopes, agreed.claims, agreed.asked, agreed.until, consents.lock_key(actor.person_id),
            *consents.news_of(actor.person_id, asked.client_id, now=now),
        )  # fmt: skip

    return await _asking(actor, asked, keys, one, now=now)


async def _asking(
    actor: Actor, asked: Asked, keys: frozenset[str], one: Callable[[], Awaitable[str]], *, now: datetime
) -> str:
    """Do `one`, once the questions with values are counted, if there are any."""
    asking = _questions(asked, keys)
    if not asking:
        return await one()
    async with transaction():
        await consents.lock(actor.person_id)
        await questions.count(actor.person_id, asked.client_id, asking, now=now)
        return await one()


def _granted(asked: Asked, agreed: Set[str], actor: Actor) -> frozenset[str]:
    """Return what is asked, agreed to, known, and not above the level of this sign-in."""
    return frozenset(key for key in asked.keys & agreed if is_open(key, actor))


def _questions(asked: Asked, keys: Collection[str]) -> list[str]:
    """Return the questions with values, each another one when its value is another."""
    regions = [key for key in keys if key.startswith(f"{VERIFY}.{RESIDENT_OF}:")]
    compares = f"{VERIFY}.{SAME_PERSON}" in keys
    return [*regions, *([f"{SAME_PERSON}:{asked.same_person}"] if compares else [])]


def _lines(actor: Actor, asked: Asked, keys: frozenset[str], *, now: datetime) -> list[tuple[audit.Line, Id]]:
    """Return the audit rows of a code: under the person, and under whom he acts for."""
    scopes, client = " ".join(asked.granted_scopes(keys)), f"client/{asked.client_id}"
    parties = dict.fromkeys([actor.person_id, actor.acting_for])
    return [(audit.line(actor, "oidc.code", client, scopes, now=now), party) for party in parties]


def _noted(lines: Sequence[tuple[audit.Line, Id]]) -> list[list[Any]]:
    """Return the parameters $23 to $34: rows of the audit, each with whose it is."""
    return [*audit.LINES.arguments([line for line, _ in lines]), [party_id for _, party_id in lines]]


def _made(
    actor: Actor, asked: Asked, consent_id: Id, keys: frozenset[str], until: datetime | None,
    waiting: Key | None, *, now: datetime,
) -> tuple[str, list[Any]]:  # fmt: skip
    """Return a new code and the parameters $1 to $22 that store it."""
    code, latest = PREFIX + secrets.token_hex(32), now + OFFLINE_LIFE
    request_id, place = waiting or (None, None)
    if request_id is not None:
        recent.drop(request_id)  # the table alone knows what becomes of it
    return code, [
        request_id, now, new_id(), asked.client_id, consent_id, asked.granted_scopes(keys),
        [key for key in asked.userinfo if key in keys], [key for key in asked.id_token if key in keys],
        asked.same_person, asked.resources, OFFLINE in keys, asked.nonce,
        asked.levels if asked.levels_essential else [], asked.redirect_uri, token_hash(code),
        asked.code_challenge, now + CODE_LIFE, asked.jkt, min(latest, until or latest),
        actor.session_id, actor.level, place,
    ]  # fmt: skip


async def _given(code: str, statement: str, *arguments: Any) -> str:
    """Return the code once it is stored.

    Raises: RequestUnknown.
    """
    if not await fetch(statement, *arguments):
        raise RequestUnknown
    return code


_REDEEM = (
    "WITH won AS (UPDATE oidc_grant g SET code_used_at = $2, jkt = CASE WHEN $16 THEN $5 END"  # noqa: S608
    " WHERE g.code_hash = $1 AND g.client_id = $3 AND g.redirect_uri = $14 AND g.code_challenge = $15"
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
