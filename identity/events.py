"""Facts about accounts and mandates, in the past tense: ids and times only, never personal data."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from storage.outbox import Event


@dataclass(frozen=True, kw_only=True)
class AccountEvent(Event):
    """What every fact about an account says: whose, and when."""

    party_id: UUID
    at: datetime


@dataclass(frozen=True, kw_only=True)
class DeviceFirstSeen(AccountEvent):
    """Somebody signed in as the party on a device that was never seen with it; not told of the very first."""

    type: ClassVar[str] = "device.first_seen"

    session_id: UUID


@dataclass(frozen=True, kw_only=True)
class PasskeyEvent(AccountEvent):
    """What every fact about a passkey says: also which."""

    passkey_id: UUID


class PasskeyAdded(PasskeyEvent):
    """A passkey was registered: it signs in from now on."""

    type: ClassVar[str] = "passkey.added"


class PasskeyRemoved(PasskeyEvent):
    """A passkey was removed and signs in no longer."""

    type: ClassVar[str] = "passkey.removed"


class NetworkIdentityLinked(AccountEvent):
    """A 网络身份 was linked to the account and signs in to it from now on."""

    type: ClassVar[str] = "network_identity.linked"


@dataclass(frozen=True, kw_only=True)
class SessionEnded(AccountEvent):
    """A sign-in was ended before its time: by signing out, or from the list of sessions."""

    type: ClassVar[str] = "session.ended"
    session_id: UUID


@dataclass(frozen=True, kw_only=True)
class ConsentGranted(AccountEvent):
    """A person lets a mini-app do something that it could not do before."""

    type: ClassVar[str] = "consent.granted"
    app_id: str
    scopes: list[str]  # all that it may do now


@dataclass(frozen=True, kw_only=True)
class ConsentWithdrawn(AccountEvent):
    """A mini-app or client lost what a person let it do or know: he took it back, or its time is over."""

    type: ClassVar[str] = "consent.withdrawn"
    app_id: str
    withdrawn: list[str]  # scopes and claims, by name
    remaining: list[str]  # what it keeps; nothing: the consent is over


@dataclass(frozen=True, kw_only=True)
class MandateChanged(Event):
    """A mandate was proposed, accepted, refused, revoked or has expired; `party_id` is who is to know."""

    type: ClassVar[str] = "mandate.changed"
    mandate_id: UUID
    state: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class MandateUsed(Event):
    """Somebody did something for the party by a mandate."""

    type: ClassVar[str] = "mandate.used"
    mandate_id: UUID
    person_id: UUID  # who did it
    act: str  # as in the audit row, e.g. "case.submit"
    object: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class NodAsked(Event):
    """A village agent asks the party to accept one act before he does it."""

    type: ClassVar[str] = "mandate.nod_asked"
    nod_id: UUID
    mandate_id: UUID
    act: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class AccessObjected(AccountEvent):
    """A person objects to a look of staff; `party_id` is the department that is to answer."""

    type: ClassVar[str] = "access.objected"
    objection_id: UUID


@dataclass(frozen=True, kw_only=True)
class ObjectionAnswered(AccountEvent):
    """An objection was answered."""

    type: ClassVar[str] = "access.answered"
    objection_id: UUID
    upheld: bool
