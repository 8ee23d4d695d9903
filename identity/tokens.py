"""Tokens of mini-apps and clients: opaque, short, no wider than what the person consented to.

One that came from an OpenID grant is bound to audiences (RFC 8707) and perhaps to a key (RFC 9449), and
lives only as long as the grant.
"""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID as Id

from piccolo.columns import UUID, Array, Bytea, Text, Timestamptz, Varchar
from piccolo.table import Table

from banshi.errors import NotSignedIn, ScopeMissing
from banshi.scopes import GRANTABLE, Scope
from identity import consents, contexts
from identity.actor import Actor, Bearer
from identity.errors import ConsentNeeded
from identity.roles import Role
from storage.db import DB, execute, fetch
from storage.ids import new_id
from storage.seal import token_hash

PREFIX = "a"  # a mini-app's token; hexadecimal after it, since old bridges choke on an underscore
LIFE = timedelta(minutes=10)
BELIEVED = timedelta(minutes=1)  # a token that was looked at need not be looked at again, unless revoked


class AppToken(Table, db=DB, tablename="app_token"):
    """One short right of one mini-app to act for one person."""

    id = UUID(primary_key=True, default=new_id)
    party_id = UUID()  # the person
    token_hash = Bytea(unique=True)
    app_id = Varchar(64)
    version_id = UUID(null=True, default=None)  # of the mini-app's version that was opened; null: a client's
    session_id = UUID()  # the token dies with it
    acting_for = UUID()
    scopes = Array(base_column=Varchar())
    consent_id = UUID(null=True, default=None)  # null: no scope was asked
    grant_id = UUID(null=True, default=None)  # of identity.oidc.grants; null: opened in our own app
    audience = Array(base_column=Text(), null=True, default=None)  # null: our API
    jkt = Varchar(43, null=True, default=None)  # thumbprint of the key it is bound to
    expires_at = Timestamptz()


_audience = ""


def configure(audience: str) -> None:
    """Tell this process as which resource our API is known (RFC 8707)."""
    global _audience
    _audience = audience


async def issue(
    actor: Actor, app_id: str, scopes: Iterable[Scope], *, version_id: Id | None = None, now: datetime
) -> str:
    """Return a token for the mini-app, good for ten minutes, for the party the citizen acts for.

    `scopes` are those of its manifest; the token gets what of them may be granted, was consented to by that
    party and is the person's own, which a mandate narrows.  It dies with the version `version_id`, too.
    Raises: NotSignedIn, ScopeMissing when not a citizen's own session asks, ConsentNeeded.
    """
    if actor.session_id is None:
        raise NotSignedIn
    if actor.app_id is not None or not actor.is_a(Role.CITIZEN):
        raise ScopeMissing(scope=Scope.APPS_OPEN)
    wanted = GRANTABLE.intersection(scopes) & actor.scopes
    consent = await consents.in_force(actor.acting_for, app_id) if wanted else None
    if wanted and consent is None:
        raise ConsentNeeded(app_id=app_id)
    granted = sorted(wanted.intersection(consent.scopes)) if consent else []
    token = PREFIX + secrets.token_hex(32)
    await AppToken(
        party_id=actor.person_id, token_hash=token_hash(token), app_id=app_id, version_id=version_id,
        session_id=actor.session_id, acting_for=actor.acting_for, scopes=granted,
        consent_id=consent and consent.id, expires_at=now + LIFE,
    ).save()  # fmt: skip
    return token


async def renew(actor: Actor, *, now: datetime) -> str | None:
    """Return another token of the same right as the one that `actor` calls with, good for ten minutes.

    None: that one has ended, came from an OpenID grant, or is bound to a key or an audience.
    """
    token = PREFIX + secrets.token_hex(32)
    made = await fetch(RENEW, actor.token_id, now, new_id(), token_hash(token), now + LIFE)
    return token if made else None


_JOINED = (
    " FROM app_token t JOIN person ON person.id = t.party_id"
    f" LEFT JOIN session s ON s.id = t.session_id {contexts.joins('$2')}"
    " LEFT JOIN consent c ON c.id = t.consent_id"
    " LEFT JOIN oidc_grant g ON g.id = t.grant_id"
)
_LIVES = (
    " t.expires_at > $2 AND person.erased_at IS NULL"  # noqa: S608
    f" {contexts.LIVES}"
    " AND c.withdrawn_at IS NULL AND (c.until IS NULL OR c.until > $2)"
    " AND (t.grant_id IS NULL OR (g.ended_at IS NULL AND g.expires_at > $2))"
    " AND (coalesce(g.offline, false)"
    " OR (s.ended_at IS NULL AND s.expires_at > $2 AND s.idle_until > $2))"
    " AND NOT EXISTS (SELECT FROM app_halt h WHERE h.app_id = t.app_id AND t.expires_at <= h.until)"
    " AND NOT EXISTS (SELECT FROM app_version_halt v WHERE v.version_id = t.version_id"
    " AND t.expires_at <= v.until)"
    " AND NOT EXISTS (SELECT FROM oidc_client o WHERE o.client_id = t.app_id AND o.disabled_at IS NOT NULL)"
)
LIVING = f"{_JOINED} WHERE t.token_hash = $1 AND{_LIVES}"
"""The token `t` of the hash $1 if it lives at $2, with session `s`, consent `c` and grant `g`, if any."""

LIVING_BY_ID = f"{_JOINED} WHERE t.id = $1 AND{_LIVES}"
"""The same of the id $1."""

RENEW = (
    "INSERT INTO app_token (id, party_id, token_hash, app_id, version_id, session_id, acting_for, scopes,"
    " consent_id, expires_at) SELECT $3, t.party_id, $4, t.app_id, t.version_id, t.session_id, t.acting_for,"
    f" t.scopes, t.consent_id, $5{LIVING_BY_ID}"
    " AND t.grant_id IS NULL AND t.audience IS NULL AND t.jkt IS NULL RETURNING id"
)

SCOPES = (
    "ARRAY(SELECT had FROM unnest(t.scopes) WITH ORDINALITY AS held (had, place)"
    " WHERE had NOT IN (SELECT scope FROM scope_halt) ORDER BY place)"
)
"""What the token `t` gives of what was granted to it."""

_BEARER = (
    f"SELECT t.id AS token_id, t.party_id, t.app_id, t.session_id, t.jkt, {contexts.COLUMNS},"
    f" ARRAY(SELECT unnest({SCOPES}) INTERSECT SELECT unnest(c.scopes)) AS scopes,"
    " least(coalesce(g.level, s.level), person.level) AS level,"
    " coalesce(g.authenticated_at, s.authenticated_at) AS authenticated_at, least(t.expires_at, c.until,"
    " CASE WHEN NOT coalesce(g.offline, false) THEN least(s.expires_at, s.idle_until) END) AS until"
    f"{LIVING} AND (t.audience IS NULL OR $3 = ANY (t.audience))"
    # a client outside is told of a person; it never acts for whom he acts for
    " AND t.acting_for = coalesce(m.party_id, t.party_id)"
)


async def bearer_of(token: str, *, now: datetime) -> Bearer | None:
    """Return for whom the mini-app acts; None when the token, its session or its consent has ended.

    None, too, when the token is for another audience than our API.  One statement.
    """
    rows = await fetch(_BEARER, token_hash(token), now, _audience)
    if not rows:
        return None
    until = contexts.until(rows[0], min(rows[0]["until"], now + BELIEVED))
    return Bearer(_actor(rows[0]), until, rows[0]["jkt"])


async def actor_of(token: str, *, now: datetime) -> Actor | None:
    """Return for whom the mini-app acts, as `bearer_of` does."""
    bearer = await bearer_of(token, now=now)
    return bearer.actor if bearer else None


def _actor(row: dict[str, Any]) -> Actor:
    context = contexts.fields(row)
    granted = frozenset(scope for scope in GRANTABLE if scope in row["scopes"])
    return Actor(
        **{**context, "scopes": granted & context["scopes"]},
        person_id=Id(str(row["party_id"])),
        level=row["level"],
        authenticated_at=row["authenticated_at"],
        session_id=Id(str(row["session_id"])),
        app_id=row["app_id"],
        token_id=Id(str(row["token_id"])),
    )


def caller(
    app_id: str, person_id: Id, *, session_id: Id, level: int, acting_for: Id | None = None,
    delegation_id: Id | None = None,
) -> Actor:  # fmt: skip
    """Return the mini-app or client itself, acting in a person's name, for what is noted of it.

    `acting_for` and `delegation_id` are those of the session that the person let it act in, if he acts there
    for somebody else.
    """
    return Actor(
        person_id=person_id, acting_for=acting_for or person_id, roles=frozenset({Role.CITIZEN}),
        scopes=frozenset(), level=level, session_id=session_id, app_id=app_id, delegation_id=delegation_id,
    )  # fmt: skip


_STANDING = (
    "SELECT c.party_id FROM consent c WHERE c.app_id = $1 AND c.sub = $2 AND $3 = ANY (c.scopes)"
    " AND c.withdrawn_at IS NULL AND (c.until IS NULL OR c.until > $4)"
    " AND NOT EXISTS (SELECT FROM scope_halt WHERE scope = $3)"
)


async def standing(app_id: str, sub: str, scope: Scope, *, now: datetime) -> Actor | None:
    """Return the mini-app itself, doing what a party lets it do at any time, by its own credential.

    It may `scope` and nothing else.  None: the party it knows as `sub` did not agree, or does not exist.
    """
    rows = await fetch(_STANDING, app_id, sub, scope.value, now)
    if not rows:
        return None
    party_id = Id(str(rows[0]["party_id"]))
    return Actor(
        person_id=party_id, acting_for=party_id, roles=frozenset({Role.CITIZEN}), scopes=frozenset({scope}),
        level=0, app_id=app_id,
    )  # fmt: skip


async def sweep(*, now: datetime) -> int:
    """Delete tokens that ended a day ago or more; return how many."""
    tag = await execute("DELETE FROM app_token WHERE expires_at < $1", now - timedelta(days=1))
    return int(tag.split()[-1])
