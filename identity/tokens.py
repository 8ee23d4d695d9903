"""Tokens of mini-apps: opaque, short, no wider than what the person consented to."""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID as Id

from piccolo.columns import UUID, Array, Bytea, Timestamptz, Varchar
from piccolo.table import Table

from banshi.errors import NotSignedIn, ScopeMissing
from banshi.scopes import GRANTABLE, Scope
from identity import consents
from identity.actor import Actor, Bearer
from identity.errors import ConsentNeeded
from identity.roles import Role
from storage.db import DB, execute, fetch
from storage.ids import new_id
from storage.seal import mac, token_hash

PREFIX = "a"  # a mini-app's token; hexadecimal after it, since old bridges choke on an underscore
LIFE = timedelta(minutes=10)
BELIEVED = timedelta(minutes=1)  # a token that was looked at need not be looked at again, unless revoked
SUBJECT_CHARACTERS = 32


class AppToken(Table, db=DB, tablename="app_token"):
    """One short right of one mini-app to act for one person."""

    id = UUID(primary_key=True, default=new_id)
    party_id = UUID()  # the person
    token_hash = Bytea(unique=True)
    app_id = Varchar(64)
    session_id = UUID()  # the token dies with it
    acting_for = UUID()
    scopes = Array(base_column=Varchar())
    consent_id = UUID(null=True, default=None)  # null: no scope was asked
    expires_at = Timestamptz()


async def issue(actor: Actor, app_id: str, scopes: Iterable[Scope], *, now: datetime) -> str:
    """Return a token for the mini-app, good for ten minutes, in the person's citizen context.

    `scopes` are those of its manifest; the token gets what of them may be granted, was consented to and
    is the person's own.
    Raises: NotSignedIn, ScopeMissing when not a citizen's own session asks, ConsentNeeded.
    """
    if actor.session_id is None:
        raise NotSignedIn
    if actor.app_id is not None or not actor.is_a(Role.CITIZEN):
        raise ScopeMissing(scope=Scope.APPS_OPEN)
    wanted = GRANTABLE.intersection(scopes) & actor.scopes
    consent = await consents.in_force(actor.person_id, app_id) if wanted else None
    if wanted and consent is None:
        raise ConsentNeeded(app_id=app_id)
    granted = sorted(wanted.intersection(consent.scopes)) if consent else []
    token = PREFIX + secrets.token_hex(32)
    await AppToken(
        party_id=actor.person_id, token_hash=token_hash(token), app_id=app_id, session_id=actor.session_id,
        acting_for=actor.acting_for, scopes=granted, consent_id=consent and consent.id, expires_at=now + LIFE,
    ).save()  # fmt: skip
    return token


_LIVE = (
    "SELECT t.party_id, t.app_id, t.acting_for, t.scopes, t.session_id,"
    " least(s.level, person.level) AS level, s.authenticated_at,"
    " person.region, least(t.expires_at, s.expires_at, s.idle_until) AS until FROM app_token t"
    " JOIN session s ON s.id = t.session_id JOIN person ON person.id = t.party_id"
    " LEFT JOIN consent c ON c.id = t.consent_id"
    " WHERE t.token_hash = $1 AND t.expires_at > $2"
    " AND s.ended_at IS NULL AND s.expires_at > $2 AND s.idle_until > $2 AND c.withdrawn_at IS NULL"
    " AND person.erased_at IS NULL"
    " AND NOT EXISTS (SELECT FROM app_halt h WHERE h.app_id = t.app_id AND t.expires_at <= h.until)"
)


async def bearer_of(token: str, *, now: datetime) -> Bearer | None:
    """Return for whom the mini-app acts; None when the token, its session or its consent has ended.

    One statement.
    """
    rows = await fetch(_LIVE, token_hash(token), now)
    return Bearer(_actor(rows[0]), min(rows[0]["until"], now + BELIEVED)) if rows else None


async def actor_of(token: str, *, now: datetime) -> Actor | None:
    """Return for whom the mini-app acts, as `bearer_of` does."""
    bearer = await bearer_of(token, now=now)
    return bearer.actor if bearer else None


def _actor(row: dict[str, Any]) -> Actor:
    return Actor(
        person_id=Id(str(row["party_id"])),
        acting_for=Id(str(row["acting_for"])),
        roles=frozenset({Role.CITIZEN}),
        scopes=frozenset(Scope(scope) for scope in row["scopes"]) & GRANTABLE,
        level=row["level"],
        authenticated_at=row["authenticated_at"],
        session_id=Id(str(row["session_id"])),
        app_id=row["app_id"],
        region=row["region"],
    )


async def sweep(*, now: datetime) -> int:
    """Delete tokens that ended a day ago or more; return how many."""
    tag = await execute("DELETE FROM app_token WHERE expires_at < $1", now - timedelta(days=1))
    return int(tag.split()[-1])


def pairwise_sub(app_id: str, person_id: Id) -> str:
    """Return how this mini-app knows this person: 32 hexadecimal digits, the same at every sign-in.

    Two mini-apps that compare notes cannot tell that they serve the same person (OIDC Core 8.1).
    """
    text = app_id.encode() + b"\0" + person_id.bytes
    return mac(text, purpose="pairwise subject").hex()[:SUBJECT_CHARACTERS]
