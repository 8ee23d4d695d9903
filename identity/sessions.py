"""Sessions: opaque bearer tokens, stored as hashes, ending by idleness, age or revocation."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID as Id

from piccolo.columns import UUID, Bytea, SmallInt, Timestamptz, Varchar
from piccolo.constraints import Check
from piccolo.query import Objects
from piccolo.table import Table

from identity import audit, contexts, refusals
from identity.actor import Actor, Bearer
from identity.contexts import Chosen
from identity.errors import SecondFactorNeeded, SessionNotFound
from identity.events import SessionEnded
from identity.roles import Role
from identity.settings import SessionSettings
from identity.verifier import Evidence
from storage.db import DB, fetch, transaction
from storage.groups import Group
from storage.ids import new_id
from storage.outbox import emit
from storage.paging import Page, page
from storage.seal import token_hash
from storage.unnest import unnest

PREFIX = "s"  # tells a session's token from a mini-app's; the rest is 256 random bits in hexadecimal
DEVICE_CHARACTERS = 80


class Session(Table, db=DB, tablename="session"):
    """One sign-in of one person on one device, in one acting context."""

    id = UUID(primary_key=True, default=new_id)
    party_id = UUID()  # the person
    token_hash = Bytea(unique=True)
    post_id = UUID(null=True, default=None)  # the staff post acted in
    mandate_id = UUID(null=True, default=None)  # the mandate acted by
    team_id = UUID(null=True, default=None)  # the developers' team acted in; none of the three: as oneself
    acting_as = Varchar(20, choices=Role)  # the role of that post, or "citizen"
    device = Varchar(DEVICE_CHARACTERS)  # what the citizen sees in his list
    device_id = UUID(null=True, default=None)  # the known device, if it keeps a word
    method = Varchar(20)
    level = SmallInt()
    evidence_id = Varchar(80)
    authenticated_at = Timestamptz()
    second_factor_at = Timestamptz(null=True, default=None)  # both proved anew and shown a passkey
    last_seen_at = Timestamptz()
    idle_until = Timestamptz()
    expires_at = Timestamptz()
    ended_at = Timestamptz(null=True, default=None)

    session_level_is_known = Check("level BETWEEN 1 AND 3")
    session_role_is_of_post_or_team = Check("(post_id IS NULL AND team_id IS NULL) = (acting_as = 'citizen')")
    session_acts_in_one_context = Check("num_nonnulls(post_id, mandate_id, team_id) <= 1")


class Opened(NamedTuple):
    """A session just opened, exchanged or made stronger."""

    token: str  # shown once and stored nowhere
    session: Session
    actor: Actor
    is_alone: bool = False  # surely has no post and no mandate to choose; False: ask


_settings = SessionSettings()


def configure(settings: SessionSettings) -> None:
    """Tell this process how long sessions last."""
    global _settings
    _settings = settings


def strengthen(session: Session, evidence: Evidence, *, now: datetime) -> None:
    """Let the session be as sure as the evidence, and last from now on; the caller saves it."""
    session.method = evidence.method
    session.level = evidence.level
    session.evidence_id = evidence.evidence_id
    session.authenticated_at = evidence.at
    session.expires_at = now + _settings.absolute


def new_token() -> str:
    """Return a token that nobody has yet."""
    return PREFIX + secrets.token_hex(32)


def begin(fresh: Session, chosen: Chosen, *, now: datetime) -> str:
    """Let the session act in the context chosen from now on; return its token.  The caller stores it.

    Raises: SecondFactorNeeded for a post where staff show a second factor first.
    """
    fresh.post_id, fresh.mandate_id, fresh.team_id = chosen.post_id, chosen.mandate_id, chosen.team_id
    fresh.acting_as = chosen.role
    if chosen.post_id and _settings.staff_second_factor and fresh.second_factor_at is None:
        raise SecondFactorNeeded(acting_as=fresh.acting_as)
    token = new_token()
    fresh.token_hash = token_hash(token)
    fresh.last_seen_at = now
    fresh.idle_until = now + _settings.idle
    return token


def _live(token: str, now: str) -> str:
    """Return what selects the session of a token's hash if it lives, with its person and context."""
    return (
        "SELECT s.id, s.party_id, least(s.level, person.level) AS level, s.authenticated_at,"  # noqa: S608
        f" s.last_seen_at, s.idle_until, s.expires_at, {contexts.COLUMNS}"
        f" FROM session s JOIN person ON person.id = s.party_id {contexts.joins(now)}"
        f" WHERE s.token_hash = {token} AND s.ended_at IS NULL"
        f" AND s.expires_at > {now} AND s.idle_until > {now}"
        f" AND person.erased_at IS NULL {contexts.LIVES}"
    )


LIVE = _live("$1", "$2")

# What another statement has locked is being written by it: two that waited for each other would never end.
# Nobody waits for the disk: a crash may lose the last uses of a second, and they are noted once a minute.
_SEEN = (
    f"WITH asked AS (SELECT * FROM {unnest('bytea', 'timestamptz')} WITH ORDINALITY"  # noqa: S608
    " AS asked (token, now, place)),"
    f" live AS (SELECT place - 1 AS place, now, found.* FROM asked, LATERAL"
    f" ({_live('asked.token', 'asked.now')} LIMIT 1) AS found),"
    " due AS (SELECT session.id, live.now FROM live JOIN session ON session.id = live.id"
    " WHERE live.last_seen_at < live.now - $4::interval FOR UPDATE OF session SKIP LOCKED),"
    " seen AS (UPDATE session SET last_seen_at = due.now, idle_until = due.now + $3::interval FROM due"
    " WHERE session.id = due.id)"
    " SELECT live.*, due.id IS NOT NULL AS noted, set_config('synchronous_commit', 'off', true)"
    " FROM live LEFT JOIN due ON due.id = live.id"
)


async def bearer_of(token: str, *, now: datetime) -> Bearer | None:
    """Return who bears this token; None when it is unknown, idle too long, ended or its post is over.

    One statement, shared with those who ask at the same time.  The session's last use is written at most
    once a minute, so most calls write nothing; the answer may be believed until the next such writing is
    due.  Call it outside transactions.
    """
    row = await _bearers.add((token_hash(token), now))
    return Bearer(_actor(row), _until(row, now=now)) if row else None


async def _seen(asked: Sequence[tuple[bytes, datetime]]) -> list[dict[str, Any] | None]:
    """Return the live sessions of tokens' hashes, each at its moment."""
    tokens, moments = zip(*asked, strict=True)
    rows = await fetch(_SEEN, tokens, moments, _settings.idle, _settings.touch)
    found = {row["place"]: row for row in rows}
    return [found.get(place) for place in range(len(asked))]


_bearers = Group(_seen, repeatable=True)


async def actor_of(token: str, *, now: datetime) -> Actor | None:
    """Return who bears this token, as `bearer_of` does."""
    bearer = await bearer_of(token, now=now)
    return bearer.actor if bearer else None


def _until(row: dict[str, Any], *, now: datetime) -> datetime:
    """Return when a session must be looked at again: its end, or the next writing of its last use."""
    idle_until, seen_at = row["idle_until"], row["last_seen_at"]
    if row["noted"]:  # just now
        idle_until, seen_at = now + _settings.idle, now
    until: datetime = min(row["expires_at"], idle_until, seen_at + _settings.touch, now + _settings.touch)
    return contexts.until(row, until)


def believed_until(fresh: Session, *, now: datetime) -> datetime:
    """Return until when it may be believed, unless it is revoked, that a session just begun lives."""
    return min(fresh.expires_at, fresh.idle_until, now + _settings.touch)


async def actor_in(fresh: Session, *, now: datetime) -> Actor:
    """Return the actor of a session just begun or renewed."""
    return _actor((await fetch(LIVE, fresh.token_hash, now))[0])


def _actor(row: dict[str, Any]) -> Actor:
    """Build the actor of a session's row: the person in the one context he acts in."""
    return Actor(
        person_id=Id(str(row["party_id"])),
        level=row["level"],
        authenticated_at=row["authenticated_at"],
        session_id=Id(str(row["id"])),
        **contexts.fields(row),
    )


async def act_as(actor: Actor, acting_as: str, *, now: datetime) -> Opened:
    """Exchange the session for one in another acting context; the old token ends, nothing is carried over.

    Raises: SessionNotFound, SecondFactorNeeded; what `contexts.choose` raises.
    """
    async with refusals.noted(f"session/{actor.session_id}", "act_as", actor=actor, now=now):
        return await _act_as(actor, acting_as, now=now)


async def _act_as(actor: Actor, acting_as: str, *, now: datetime) -> Opened:
    async with transaction():
        old = await own(actor, actor.session_id, now=now)
        fresh = Session(
            party_id=old.party_id, device=old.device, device_id=old.device_id, method=old.method,
            level=old.level, evidence_id=old.evidence_id, authenticated_at=old.authenticated_at,
            second_factor_at=old.second_factor_at, expires_at=old.expires_at,
        )  # fmt: skip
        chosen = await contexts.choose(fresh.party_id, acting_as, level=fresh.level, now=now)
        token = begin(fresh, chosen, now=now)
        await fresh.save()
        await _end(old, now=now)
        await audit.record(
            actor, "session.act_as", f"session/{fresh.id}", fresh.acting_as, now=now, party_id=actor.person_id
        )
        return Opened(token, fresh, await actor_in(fresh, now=now))


async def list_(actor: Actor, *, first: int, after: Id | None, now: datetime) -> Page[Session]:
    """Return the person's living sessions, newest first."""
    return await page(_living(actor, now=now), Session.id, first=first, after=after)


async def revoke(actor: Actor, session_id: Id, *, now: datetime) -> Session:
    """End one of the person's own sessions, and with it every token a mini-app got through it.

    Raises: SessionNotFound.
    """
    async with transaction():
        session = await own(actor, session_id, now=now)
        await _end(session, now=now)
        await audit.record(
            actor, "session.revoke", f"session/{session_id}", now=now, party_id=actor.person_id
        )
    return session


async def revoke_all(actor: Actor, *, keep_current: bool, now: datetime) -> int:
    """End all of the person's sessions, or all but the one that asks; return how many ended."""
    kept = actor.session_id if keep_current else None
    async with transaction():
        rows = await fetch(
            "UPDATE session SET ended_at = $2 WHERE party_id = $1 AND ended_at IS NULL"
            " AND expires_at > $2 AND id IS DISTINCT FROM $3 RETURNING id",
            actor.person_id, now, kept,
        )  # fmt: skip
        count = len(rows)
        for row in rows:
            await _tell(actor.person_id, Id(str(row["id"])), now=now)
        await audit.record(
            actor, "session.revoke_all", f"sessions/{count}", now=now, party_id=actor.person_id
        )
    return count


async def own(actor: Actor, session_id: Id | None, *, now: datetime) -> Session:
    """Return one of the person's own living sessions, its row locked.

    Raises: SessionNotFound.
    """
    mine = _living(actor, now=now).where(Session.id == session_id)
    session = await mine.lock_rows().first() if session_id else None
    if session is None:
        raise SessionNotFound
    return session


def _living(actor: Actor, *, now: datetime) -> Objects[Session]:
    return Session.objects().where(
        Session.party_id == actor.person_id,
        Session.ended_at.is_null(),
        Session.expires_at > now,
        Session.idle_until > now,
    )


async def _end(session: Session, *, now: datetime) -> None:
    session.ended_at = now
    await session.save([Session.ended_at])
    await _tell(session.party_id, session.id, now=now)


async def _tell(person_id: Id, session_id: Id, *, now: datetime) -> None:
    await emit(SessionEnded(party_id=person_id, session_id=session_id, at=now), now=now)
