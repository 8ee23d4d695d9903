"""Consents: what a person lets a mini-app do, seen and withdrawn as easily as given (PIPL 15)."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID as Id

from piccolo.columns import UUID, Array, Timestamptz, Varchar
from piccolo.query import Objects
from piccolo.table import Table

from banshi.errors import ScopeMissing
from banshi.scopes import GRANTABLE, Scope
from identity import audit
from identity.actor import Actor
from identity.visibility import Same, Visibility
from storage.db import DB, execute, transaction
from storage.ids import new_id


class Consent(Table, db=DB, tablename="consent"):
    """One grant of scopes by a person to a mini-app; at most one is in force per pair."""

    id = UUID(primary_key=True, default=new_id)
    party_id = UUID()  # the person
    app_id = Varchar(64)
    scopes = Array(base_column=Varchar())
    granted_at = Timestamptz()
    withdrawn_at = Timestamptz(null=True, default=None)


OF_PERSON: Visibility = ((Same(Consent.party_id, "person_id"),),)


async def grant(actor: Actor, app_id: str, scopes: Iterable[Scope], *, now: datetime) -> Consent:
    """Let the mini-app have `scopes`, instead of what it had; the same grant again is the one in force.

    Scopes that no mini-app may have are left out.
    Raises: ScopeMissing when a mini-app tries to consent in the person's place.
    """
    _check_person(actor)
    wanted = sorted(GRANTABLE.intersection(scopes))
    async with transaction():
        await execute("SELECT pg_advisory_xact_lock($1)", actor.person_id.int >> 65)
        held = await in_force(actor.person_id, app_id)
        if held is not None and held.scopes == wanted:
            return held
        if held is not None:
            await _end(held, now=now)
        consent = Consent(party_id=actor.person_id, app_id=app_id, scopes=wanted, granted_at=now)
        await consent.save()
        await audit.record(actor, "consent.grant", f"app/{app_id}", ",".join(wanted), now=now)
    return consent


async def withdraw(actor: Actor, app_id: str, *, now: datetime) -> None:
    """Take back what the mini-app was granted; its tokens die at once.  Nothing granted: nothing happens."""
    _check_person(actor)
    async with transaction():
        held = await in_force(actor.person_id, app_id)
        if held is not None:
            await _end(held, now=now)
            await audit.record(actor, "consent.withdraw", f"app/{app_id}", now=now)


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


def _check_person(actor: Actor) -> None:
    if actor.app_id is not None or not actor.may(Scope.APPS_OPEN):
        raise ScopeMissing(scope=Scope.APPS_OPEN)
