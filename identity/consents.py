"""Consents: what a person lets a mini-app do, seen and withdrawn as easily as given (PIPL 15)."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID as Id

from piccolo.columns import UUID, Array, Timestamptz, Varchar
from piccolo.query import Objects
from piccolo.table import Table

from banshi.errors import ScopeMissing
from banshi.scopes import GRANTABLE, Scope
from identity import audit, contexts
from identity.actor import Actor
from identity.events import ConsentWithdrawn
from identity.relation_errors import OwnConsentNeeded
from identity.visibility import Same, Visibility
from storage.db import DB, execute, fetch, transaction
from storage.ids import new_id
from storage.outbox import emit


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


class Held(NamedTuple):
    """What a client was granted, as the provider reads it for each sign-in."""

    id: Id
    scopes: list[str]
    claims: list[str]
    asked: list[str]
    until: datetime | None


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
        consent = Consent(party_id=actor.acting_for, app_id=app_id, scopes=wanted, granted_at=now)
        if held is not None:
            consent.claims, consent.asked = held.claims, held.asked
        await consent.save()
        await audit.record(actor, "consent.grant", f"app/{app_id}", ",".join(wanted), now=now)
    return consent


async def agree(
    actor: Actor,
    app_id: str,
    *,
    asked: Collection[str],
    granted: Collection[str],
    until: datetime | None,
    now: datetime,
) -> Held:
    """Let a client do and know `granted` of what it `asked`; what it had besides stays as it was.

    Tokens it holds live on, and lose what was not granted again.
    Raises: ScopeMissing when somebody else tries to consent in the person's place; OwnConsentNeeded when he
        acts for another: to sign in elsewhere is one's own.
    """
    await _check_person(actor, now=now)
    if actor.delegation_id is not None:
        raise OwnConsentNeeded
    async with transaction():
        await lock(actor.person_id)
        held = await in_force(actor.person_id, app_id)
        if held is not None and held.until is not None and held.until <= now:
            await _end(held, now=now)
            held = None
        consent = held or Consent(party_id=actor.person_id, app_id=app_id, scopes=[], claims=[], asked=[])
        rights = {scope.value for scope in GRANTABLE}
        kept = {*consent.scopes, *consent.claims} - set(asked)
        whole = kept | set(granted)
        consent.scopes, consent.claims = sorted(whole & rights), sorted(whole - rights)
        consent.asked = sorted({*consent.asked, *asked})
        consent.granted_at, consent.until = now, until
        await consent.save()
        await audit.record(actor, "consent.grant", f"app/{app_id}", ",".join(sorted(granted)), now=now)
    return Held(consent.id, consent.scopes, consent.claims, consent.asked, until)


async def held_by(person_id: Id, app_id: str) -> Held | None:
    """Return what the client was granted and keeps, also when its time is over: one statement."""
    rows = await fetch(
        "SELECT id, scopes, claims, asked, until FROM consent"
        " WHERE party_id = $1 AND app_id = $2 AND withdrawn_at IS NULL",
        person_id, app_id,
    )  # fmt: skip
    return Held(**rows[0]) if rows else None


async def lock(person_id: Id) -> None:
    """Let nobody else change the person's consents until the transaction ends."""
    await execute("SELECT pg_advisory_xact_lock($1)", person_id.int >> 65)


async def withdraw(actor: Actor, app_id: str, *, now: datetime) -> None:
    """Take back what the mini-app was granted; its tokens die at once.  Nothing granted: nothing happens."""
    await _check_person(actor, now=now)
    async with transaction():
        held = await in_force(actor.acting_for, app_id)
        if held is not None:
            await _end(held, now=now)
            await audit.record(actor, "consent.withdraw", f"app/{app_id}", now=now)
            await emit(
                ConsentWithdrawn(party_id=actor.person_id, app_id=app_id, at=now), now=now, app_id=app_id
            )


async def sweep(*, now: datetime) -> None:
    """End consents that were given for a time that is over."""
    await execute("UPDATE consent SET withdrawn_at = until WHERE withdrawn_at IS NULL AND until <= $1", now)


async def of(person_id: Id) -> list[Consent]:
    """Return the person's consents in force, newest first."""
    return await _in_force(person_id).order_by(Consent.id, ascending=False)


async def in_force(person_id: Id, app_id: str) -> Consent | None:
    """Return what the person grants the mini-app now."""
    return await _in_force(person_id).where(Consent.app_id == app_id).first()


def _in_force(person_id: Id) -> Objects[Consent]:
    return Consent.objects().where(Consent.party_id == person_id, Consent.withdrawn_at.is_null())


async def _end(consent: Consent, *, now: datetime) -> None:
    consent.withdrawn_at = now
    await consent.save([Consent.withdrawn_at])


async def _check_person(actor: Actor, *, now: datetime) -> None:
    if actor.app_id is not None or not actor.may(Scope.APPS_OPEN):
        raise ScopeMissing(scope=Scope.APPS_OPEN)
    if not await contexts.may_consent(actor, now=now):
        raise OwnConsentNeeded
