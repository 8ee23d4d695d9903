"""Consents: what a person lets a mini-app do, seen and withdrawn as easily as given (PIPL 15)."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID as Id

from piccolo.columns import UUID, Array, Timestamptz, Varchar
from piccolo.query import Objects
from piccolo.table import Table

from banshi.errors import ScopeMissing
from banshi.scopes import GRANTABLE, Scope
from identity import audit, contexts
from identity.actor import Actor
from identity.events import ConsentGranted, ConsentWithdrawn
from identity.relation_errors import OwnConsentNeeded
from identity.subjects import pairwise_sub
from identity.visibility import Same, Visibility
from storage.db import DB, execute, fetch, transaction
from storage.ids import new_id
from storage.outbox import Fact, emit, emit_all, fact


class Consent(Table, db=DB, tablename="consent"):
    """What a person lets a mini-app or client do and know; at most one is in force per pair."""

    id = UUID(primary_key=True, default=new_id)
    party_id = UUID()  # the person, or the firm
    app_id = Varchar(64)
    scopes = Array(base_column=Varchar())
    claims = Array(base_column=Varchar())  # of identity.oidc.claims
    asked = Array(base_column=Varchar())  # what he was shown last: of it he is not asked again
    granted_at = Timestamptz()
    until = Timestamptz(null=True, default=None)  # null: until withdrawn
    withdrawn_at = Timestamptz(null=True, default=None)
    sub = Varchar(32, null=True, default=None)  # the party to the mini-app, where it may write to it later
    store_id = UUID(null=True, default=None)  # where the mini-app keeps things; another after each break


class Held(NamedTuple):
    """What a client was granted, as the provider reads it for each sign-in."""

    id: Id
    scopes: list[str]
    claims: list[str]
    asked: list[str]
    until: datetime | None


class Known(NamedTuple):
    """What was read of a person's consent, along with something else."""

    party_id: Id
    held: Held | None


OF_PERSON: Visibility = ((Same(Consent.party_id, "acting_for"),),)


async def grant(actor: Actor, app_id: str, scopes: Iterable[Scope], *, now: datetime) -> Consent:
    """Let the mini-app have `scopes`, instead of what it had; the same grant again is the one in force.

    Scopes that no mini-app may have are left out.
    Raises: ScopeMissing when a mini-app tries to consent in the person's place; OwnConsentNeeded when an
        agent does, or the guardian of one who is fourteen.
    """
    await _check_person(actor, now=now)
    wanted = sorted(GRANTABLE.intersection(scopes))
    async with transaction():
        await lock(actor.acting_for)
        held = await in_force(actor.acting_for, app_id)
        if held is not None and held.scopes == wanted:
            return held
        if held is not None:
            await _end(held, now=now)
            await _tell(held, remaining=[*wanted, *held.claims], now=now)
        consent = Consent(party_id=actor.acting_for, app_id=app_id, scopes=wanted, granted_at=now)
        consent.sub = pairwise_sub(app_id, actor.acting_for) if Scope.NOTICES_SEND in wanted else None
        if Scope.STORAGE_KEEP in wanted:
            consent.store_id = (held and held.store_id) or new_id()
        if held is not None:
            consent.claims, consent.asked = held.claims, held.asked
        await consent.save()
        await audit.record(actor, "consent.grant", f"app/{app_id}", ",".join(wanted), now=now)
        news = ConsentGranted(party_id=actor.acting_for, app_id=app_id, scopes=[*wanted], at=now)
        await emit(news, now=now)
    return consent


class Agreed(NamedTuple):
    """What is agreed to at a sign-in elsewhere, for a statement that also gives what it is for."""

    id: Id  # of the consent, if there is none yet
    scopes: list[str]
    claims: list[str]
    asked: list[str]
    until: datetime | None

    @property
    def granted(self) -> list[str]:
        """All of it, in order."""
        return sorted([*self.scopes, *self.claims])


async def agreed(
    actor: Actor, *, asked: Collection[str], granted: Collection[str], until: datetime | None, now: datetime
) -> Agreed:
    """Return `granted` of what a client `asked`; `insert_agreed` stores it.

    Raises: ScopeMissing when somebody else tries to consent in the person's place; OwnConsentNeeded when he
        acts for another: to sign in elsewhere is one's own.
    """
    await _check_person(actor, now=now)
    if actor.delegation_id is not None:
        raise OwnConsentNeeded
    rights = {scope.value for scope in GRANTABLE}.intersection(granted)
    return Agreed(new_id(), sorted(rights), sorted(set(granted) - rights), sorted(asked), until)


def insert_agreed(source: str) -> str:
    """Return the INSERT of the consents in `source`, an item of FROM.

    It has `party_id`, `app_id`, `granted_at` and the columns of Agreed.  What the client had besides stays
    as it was, unless its time is over: then all is as if asked for the first time.  Tokens it holds live on,
    and lose what was not granted again.  Whoever runs it holds `lock`.
    """
    runs = "(consent.until IS NULL OR consent.until > excluded.granted_at)"

    def whole(column: str, condition: str) -> str:
        kept = f"SELECT had FROM unnest(consent.{column}) AS had WHERE {condition}"  # noqa: S608
        return f"{column} = ARRAY({kept} UNION SELECT unnest(excluded.{column}) ORDER BY 1)"

    not_asked = f"{runs} AND had <> ALL (excluded.asked)"
    return (
        "INSERT INTO consent (id, party_id, app_id, scopes, claims, asked, granted_at, until)"  # noqa: S608
        f" SELECT id, party_id, app_id, scopes, claims, asked, granted_at, until FROM {source}"
        " ON CONFLICT (party_id, app_id) WHERE withdrawn_at IS NULL DO UPDATE SET"
        f" {whole('scopes', not_asked)}, {whole('claims', not_asked)}, {whole('asked', runs)},"
        " granted_at = excluded.granted_at, until = excluded.until"
        " RETURNING id, scopes || claims AS keys"
    )


def lost(party: str, agreed: str, *, first: int) -> str:
    """Return the source of the news that what is `agreed` to leaves less than before, for the same statement.

    `party` has the `party_id`, `agreed` is what `insert_agreed` returned, and from parameter `first` on stand
    those of `news_of`.  What was before is read as the statement found it.
    """
    id, type, version, app_id, payload, trace_id, at = (f"${first + place}" for place in range(7))
    before = (
        f"SELECT unnest(scopes || claims) FROM consent WHERE consent.party_id = {party}.party_id"  # noqa: S608
        f" AND app_id = {app_id} AND withdrawn_at IS NULL"
    )
    return (
        f"SELECT {id}::uuid AS id, {type}::text AS type, {version}::int AS version, {party}.party_id,"  # noqa: S608
        f" {app_id}::text AS app_id, ({payload}::jsonb || jsonb_build_object('withdrawn', less.withdrawn,"
        f" 'remaining', ARRAY(SELECT unnest({agreed}.keys) ORDER BY 1)))::text AS payload,"
        f" {trace_id}::text AS trace_id, {at}::timestamptz AS emitted_at, NULL::timestamptz AS not_before"
        f" FROM {party}, {agreed}, LATERAL (SELECT ARRAY({before} EXCEPT SELECT unnest({agreed}.keys)"
        " ORDER BY 1) AS withdrawn) AS less WHERE cardinality(less.withdrawn) > 0"
    )


def news_of(person_id: Id, app_id: str, *, now: datetime) -> list[Any]:
    """Return the parameters of `lost`."""
    news = ConsentWithdrawn(party_id=person_id, app_id=app_id, withdrawn=[], remaining=[], at=now)
    made = fact(news, now=now, app_id=app_id)
    return [made.id, made.type, made.version, app_id, made.payload, made.trace_id, now]


def lock_key(person_id: Id) -> int:
    """Return the key under which the person's consents are changed by one at a time."""
    return person_id.int >> 65


_HELD = "SELECT {columns} FROM consent WHERE party_id = {party} AND app_id = {app} AND withdrawn_at IS NULL"


def held(party: str, app: str) -> str:
    """Return the SELECT of what `party` granted the client `app`, for `known` to read."""
    columns = ", ".join(f"{name} AS held_{name}" for name in Held._fields)
    return _HELD.format(columns=columns, party=party, app=app)


def known(party_id: Id, row: Mapping[str, Any]) -> Known:
    """Return what the columns of `held` say of a person; of nothing granted they are NULL."""
    values = [row[f"held_{name}"] for name in Held._fields]
    return Known(party_id, None if values[0] is None else Held(*values))


_HELD_BY = held("$1", "$2")


async def held_by(person_id: Id, app_id: str) -> Held | None:
    """Return what the client was granted and keeps, also when its time is over: one statement."""
    rows = await fetch(_HELD_BY, person_id, app_id)
    return known(person_id, rows[0]).held if rows else None


async def lock(person_id: Id) -> None:
    """Let nobody else change the person's consents until the transaction ends."""
    await execute("SELECT pg_advisory_xact_lock($1)", lock_key(person_id))


async def withdraw(actor: Actor, app_id: str, *, only: Collection[str] | None = None, now: datetime) -> None:
    """Take back what the mini-app was granted, or `only` so much of it: its tokens lose it at once.

    Nothing granted: nothing happens.  A mini-app may give back what is its own, but not for an agent: he has
    its page's token in his hands.
    Raises: ScopeMissing, OwnConsentNeeded.
    """
    if actor.app_id != app_id:
        await _check_person(actor, now=now)
    elif not await contexts.may_consent(actor, now=now):
        raise OwnConsentNeeded
    async with transaction():
        await lock(actor.acting_for)
        held = await in_force(actor.acting_for, app_id)
        if held is None:
            return
        had = {*held.scopes, *held.claims}
        left = had.difference(had if only is None else only)
        if only is not None and left == had:
            return
        await _tell(held, remaining=left, now=now)
        lost = ",".join(sorted(had - left)) if left else None
        await audit.record(actor, "consent.withdraw", f"app/{app_id}", lost, now=now)
        await (_narrow(held, left) if left else _end(held, now=now))


AT_ONCE = 500  # consents that end in one transaction
_END_OVER = """
UPDATE consent SET withdrawn_at = until WHERE id = ANY(ARRAY(
  SELECT id FROM consent WHERE withdrawn_at IS NULL AND until <= $1 LIMIT $2 FOR UPDATE SKIP LOCKED))
RETURNING *
"""


async def sweep(*, now: datetime) -> None:
    """End consents that were given for a time that is over, and tell whom they were given.

    Two statements for every so many of them, each lot in a transaction of its own.
    """
    ended = AT_ONCE
    while ended == AT_ONCE:
        async with transaction():
            rows = [Consent(**row, _exists_in_db=True) for row in await fetch(_END_OVER, now, AT_ONCE)]
            await emit_all([(_news(row, (), now=now), Id(str(row.party_id))) for row in rows])
        ended = len(rows)


async def of(person_id: Id) -> list[Consent]:
    """Return the person's consents in force, newest first."""
    return await _in_force(person_id).order_by(Consent.id, ascending=False)


async def in_force(person_id: Id, app_id: str) -> Consent | None:
    """Return what the person grants the mini-app now."""
    return await _in_force(person_id).where(Consent.app_id == app_id).first()


def _in_force(person_id: Id) -> Objects[Consent]:
    return Consent.objects().where(Consent.party_id == person_id, Consent.withdrawn_at.is_null())


async def _narrow(consent: Consent, left: Collection[str]) -> None:
    """Keep no more than `left`; in place, so that its tokens live on with less."""
    consent.scopes = [scope for scope in consent.scopes if scope in left]
    consent.claims = [claim for claim in consent.claims if claim in left]
    if Scope.STORAGE_KEEP not in left:
        consent.store_id = None
    await consent.save([Consent.scopes, Consent.claims, Consent.store_id])


async def _end(consent: Consent, *, now: datetime) -> None:
    consent.withdrawn_at = now
    await consent.save([Consent.withdrawn_at])


async def _tell(held: Consent, *, remaining: Collection[str], now: datetime) -> None:
    """Tell that of what was granted no more than `remaining` is left; nothing lost is no news."""
    if {*held.scopes, *held.claims}.difference(remaining) or not remaining:
        await emit_all([(_news(held, remaining, now=now), Id(str(held.party_id)))])


def _news(held: Consent, remaining: Collection[str], *, now: datetime) -> Fact:
    lost = ConsentWithdrawn(
        party_id=Id(str(held.party_id)), app_id=held.app_id, remaining=sorted(remaining),
        withdrawn=sorted({*held.scopes, *held.claims}.difference(remaining)), at=held.withdrawn_at or now,
    )  # fmt: skip
    return fact(lost, now=now, app_id=held.app_id)


async def _check_person(actor: Actor, *, now: datetime) -> None:
    if actor.app_id is not None or not actor.may(Scope.APPS_OPEN):
        raise ScopeMissing(scope=Scope.APPS_OPEN)
    if not await contexts.may_consent(actor, now=now):
        raise OwnConsentNeeded
