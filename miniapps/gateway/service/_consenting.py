"""What a mini-app may ask of, and give back from, what its citizen granted it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from banshi.errors import InvalidInput, ScopeMissing
from banshi.manifest import Manifest
from banshi.scopes import GRANTABLE, Scope
from identity import consents
from identity.actor import Actor
from miniapps.release import queries as releases


@dataclass(frozen=True)
class Granted:
    """What a mini-app was granted by the party it acts for; nothing: there is no consent any more."""

    app_id: str
    scopes: Mapping[str, str]  # each with the reason that the version gives; "" where it asks no more for it
    since: datetime | None
    until: datetime | None  # None: until it is withdrawn


async def granted(actor: Actor, *, now: datetime) -> Granted:
    """Return what the mini-app that asks was granted.

    Raises: ScopeMissing when no mini-app asks; AppNotFound when it is none of our catalogue, or switched off.
    """
    return await _granted(actor, await _made(actor), now=now)


async def give_back(actor: Actor, scopes: Collection[str] | None, *, now: datetime) -> Granted:
    """Give back what the mini-app was granted, or only `scopes` of it, as if the party withdrew it.

    What it was not granted, or gave back before, is no matter.
    Raises: as `granted`; InvalidInput for a word that is no scope; OwnConsentNeeded where an agent acts.
    """
    made = await _made(actor)
    for scope in scopes or ():
        if scope not in GRANTABLE:
            raise InvalidInput(field="scopes", problem=f"{scope[:40]!r} is no scope of mini-apps")
    await consents.withdraw(actor, made.id, only=scopes, now=now)
    return await _granted(actor, made, now=now)


async def _made(actor: Actor) -> Manifest:
    if actor.app_id is None:
        raise ScopeMissing(scope=Scope.CONSENT_OWN)
    return (await releases.called(actor))[1]


async def _granted(actor: Actor, made: Manifest, *, now: datetime) -> Granted:
    held = await consents.in_force(actor.acting_for, made.id)
    if held is None or (held.until is not None and held.until <= now):
        return Granted(made.id, {}, None, None)
    told = {scope: made.scopes.get(scope, "") for scope in sorted(held.scopes)}
    return Granted(made.id, told, held.granted_at, held.until)
