"""Grants: what one authorization gave a client, and everything that hangs on it: code, tokens, family.

A grant ends as a whole.  Its access tokens and refresh tokens are good only while it lives, so ending it
is one statement however many there are.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypedDict
from uuid import UUID as Id

from piccolo.columns import UUID, Array, Boolean, Bytea, SmallInt, Text, Timestamptz, Varchar
from piccolo.table import Table

from identity import audit, halts, mandates, tokens
from storage.db import DB, execute, fetch, transaction
from storage.ids import new_id
from storage.seal import token_hash

CODE_LIFE = timedelta(seconds=60)
OFFLINE_LIFE = timedelta(days=30)  # whatever is refreshed meanwhile
KEPT = timedelta(days=7)  # an ended grant is remembered so long, so that a late replay is recognised


class OidcGrant(Table, db=DB, tablename="oidc_grant"):
    """One authorization by one person for one client."""

    id = UUID(primary_key=True, default=new_id)
    party_id = UUID()  # the person
    client_id = Varchar(64)
    session_id = UUID()  # the browser's session it was given in
    consent_id = UUID()  # withdrawn, it takes the grant along
    scopes = Array(base_column=Text())
    userinfo = Array(base_column=Text())  # keys of identity.oidc.claims told at the UserInfo endpoint
    id_token = Array(base_column=Text())  # and those told in the id_token
    same_person = Text(null=True, default=None)
    resources = Array(base_column=Text())  # for which audiences tokens may be had
    offline = Boolean(default=False)  # lives on without the session
    nonce = Text(null=True, default=None)
    acr_level = SmallInt()  # what `acr` says
    level = SmallInt()
    method = Varchar(20)
    authenticated_at = Timestamptz()
    redirect_uri = Text()
    code_hash = Bytea(unique=True)
    code_challenge = Varchar(43)
    code_until = Timestamptz()
    code_used_at = Timestamptz(null=True, default=None)
    code_jkt = Varchar(43, null=True, default=None)  # only this key redeems the code
    jkt = Varchar(43, null=True, default=None)  # only this key refreshes
    created_at = Timestamptz()
    expires_at = Timestamptz()
    ended_at = Timestamptz(null=True, default=None)


class OidcRefresh(Table, db=DB, tablename="oidc_refresh"):
    """One refresh token, good once; all of a grant are a family."""

    id = UUID(primary_key=True, default=new_id)
    party_id = UUID()
    grant_id = UUID()
    token_hash = Bytea(unique=True)
    created_at = Timestamptz()
    used_at = Timestamptz(null=True, default=None)


LIVES = (
    " g.ended_at IS NULL AND g.expires_at > {now}"  # noqa: S608
    " AND EXISTS (SELECT FROM oidc_client c WHERE c.client_id = g.client_id AND c.disabled_at IS NULL)"
    " AND EXISTS (SELECT FROM consent k WHERE k.id = g.consent_id AND k.withdrawn_at IS NULL"
    " AND (k.until IS NULL OR k.until > {now}))"
    " AND EXISTS (SELECT FROM person p WHERE p.id = g.party_id AND p.erased_at IS NULL)"
    " AND (g.offline OR EXISTS (SELECT FROM session s WHERE s.id = g.session_id AND s.ended_at IS NULL"
    " AND s.expires_at > {now} AND s.idle_until > {now}))"
    " AND NOT EXISTS (SELECT FROM session s WHERE s.id = g.session_id AND s.mandate_id IS NOT NULL"
    f" AND NOT EXISTS ({mandates.IN_FORCE} AND m.id = s.mandate_id AND m.expires_at > {{now}}))"
)
"""That the grant `g` lives at the parameter `now`: it, its client, consent, person, session and mandate."""


def lives(now: str) -> str:
    """Return the condition that the grant `g` lives at the parameter `now`, e.g. "$2"."""
    return LIVES.format(now=now)


REFRESH_PREFIX = "r"
_ACTS = (
    "SELECT m.party_id AS acting_for, m.id AS delegation_id FROM session s"
    " JOIN mandate m ON m.id = s.mandate_id WHERE s.id = {session}"
)
"""For whom, by which mandate, a session acts; nothing where its person acts for himself."""

GIVES = (
    f", acts AS ({_ACTS.format(session='(SELECT session_id FROM won)')}),"  # noqa: S608
    " access AS (INSERT INTO app_token (id, party_id, token_hash, app_id, session_id, acting_for, scopes,"
    " consent_id, grant_id, audience, jkt, expires_at)"
    " SELECT $7, party_id, $8, client_id, session_id, party_id, coalesce($6::text[], scopes), consent_id, id,"
    " CASE WHEN $4::text[] = '{}' THEN resources ELSE $4::text[] END, $5, least($9, expires_at) FROM won),"
    " refresh AS (INSERT INTO oidc_refresh (id, party_id, grant_id, token_hash, created_at)"
    " SELECT $10, party_id, id, $11, $2 FROM won),"
    " noted AS ("
    + audit.insert_lines(
        "(SELECT side.id, $2::timestamptz AS at, won.party_id AS person_id,"
        " coalesce(acts.acting_for, won.party_id) AS acting_for, 'citizen' AS roles, won.session_id,"
        " won.client_id AS app_id, acts.delegation_id, 'oidc.token' AS act, 'grant/' || won.id AS object,"
        " array_to_string(coalesce($6::text[], won.scopes), ' ') AS basis, side.party_id"
        " FROM won LEFT JOIN acts ON true, LATERAL (VALUES ($12::uuid, won.party_id),"
        " ($13::uuid, acts.acting_for)) AS side (id, party_id) WHERE side.party_id IS NOT NULL) AS line"
    )
    + ") SELECT won.*, acts.*, least($9, won.expires_at) AS token_until,"
    " k.claims || k.scopes AS consented, p.region, least(won.level, p.level) AS level_now, "
    + halts.HALTED
    + " AS halted"
    " FROM won LEFT JOIN acts ON true JOIN consent k ON k.id = won.consent_id"
    " JOIN person p ON p.id = won.party_id"
)
"""The rest of a statement whose `won` is the grant: tokens for it, an audit row, and the grant itself.

Where the session acts by a mandate, `acting_for` and `delegation_id` say so, and the row stands under both.
$1 is the hash of what is used up, $2 now, $3 the client; $4 to $13 are what `arguments` returns.
"""


@dataclass(frozen=True, kw_only=True)
class NewTokens:
    """A pair of tokens on their way, and what they are to be good for."""

    access: str
    refresh: str
    resources: list[str]  # empty: all that were granted
    scopes: list[str] | None  # None: all that were granted
    jkt: str | None


@dataclass(frozen=True, kw_only=True)
class Given:
    """What a client is given."""

    access: str
    refresh: str
    scopes: list[str]
    jkt: str | None
    until: datetime  # of the access token
    grant: dict[str, Any]  # the row


def new_tokens(resources: list[str], *, scopes: list[str] | None, jkt: str | None) -> NewTokens:
    """Return fresh tokens, 256 random bits each."""
    return NewTokens(
        access=tokens.PREFIX + secrets.token_hex(32),
        refresh=REFRESH_PREFIX + secrets.token_hex(32),
        resources=resources,
        scopes=scopes,
        jkt=jkt,
    )


def arguments(new: NewTokens, *, now: datetime) -> list[Any]:
    """Return the parameters $4 to $13 of GIVES."""
    return [
        new.resources, new.jkt, new.scopes, new_id(), token_hash(new.access), now + tokens.LIFE,
        new_id(), token_hash(new.refresh), new_id(), new_id(),
    ]  # fmt: skip


def given(new: NewTokens, row: dict[str, Any]) -> Given:
    """Return what became of fresh tokens."""
    return Given(
        access=new.access,
        refresh=new.refresh,
        scopes=row["scopes"] if new.scopes is None else new.scopes,
        jkt=new.jkt,
        until=row["token_until"],
        grant=row,
    )


class Acted(TypedDict):
    """For whom, by which mandate, a session acts; None: for its person himself."""

    acting_for: Id | None
    delegation_id: Id | None


def acted(row: Mapping[str, Any]) -> Acted:
    """Return what a row says of that, for `tokens.caller` and for what is told."""
    party_id, mandate_id = row["acting_for"], row["delegation_id"]
    return Acted(acting_for=party_id and Id(str(party_id)), delegation_id=mandate_id and Id(str(mandate_id)))


async def end_reused(grant: dict[str, Any], what: str, *, now: datetime) -> None:
    """End the grant because its code or one of its refresh tokens came a second time; twice is as once.

    `grant` has its id, party_id, client_id, session_id and level.
    """
    async with transaction():
        tag = await execute(
            "UPDATE oidc_grant SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL", grant["id"], now
        )
        if tag.endswith(" 1"):
            found = await fetch(_ACTS.format(session="$1"), grant["session_id"])
            context = acted(found[0]) if found else Acted(acting_for=None, delegation_id=None)
            caller = tokens.caller(
                grant["client_id"], Id(str(grant["party_id"])),
                session_id=Id(str(grant["session_id"])), level=grant["level"],
                **context,
            )  # fmt: skip
            await audit.record(caller, f"oidc.{what}_reused", f"grant/{grant['id']}", now=now)


async def sweep(*, now: datetime) -> None:
    """Delete grants that are over for good, with their refresh tokens."""
    await execute(
        "WITH over AS (DELETE FROM oidc_grant WHERE expires_at < $1 OR ended_at < $1"
        " OR (code_used_at IS NULL AND code_until < $1) RETURNING id)"
        " DELETE FROM oidc_refresh r USING over WHERE r.grant_id = over.id",
        now - KEPT,
    )  # fmt: skip
