"""Facts about accounts, in the past tense: ids and times only, never personal data."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from storage.outbox import Event


@dataclass(frozen=True, kw_only=True)
class DeviceFirstSeen(Event):
    """Somebody signed in as the party on a device that was never seen with it; not told of the very first."""

    type: ClassVar[str] = "device.first_seen"

    session_id: UUID
    at: datetime


@dataclass(frozen=True, kw_only=True)
class PasskeyEvent(Event):
    """What every fact about a passkey says: whose, which, when."""

    passkey_id: UUID
    at: datetime


class PasskeyAdded(PasskeyEvent):
    """A passkey was registered: it signs in from now on."""

    type: ClassVar[str] = "passkey.added"


class PasskeyRemoved(PasskeyEvent):
    """A passkey was removed and signs in no longer."""

    type: ClassVar[str] = "passkey.removed"


@dataclass(frozen=True, kw_only=True)
class NetworkIdentityLinked(Event):
    """A 网络身份 was linked to the account and signs in to it from now on."""

    type: ClassVar[str] = "network_identity.linked"

    at: datetime


@dataclass(frozen=True, kw_only=True)
class SessionEnded(Event):
    """A sign-in was ended before its time: by signing out, or from the list of sessions."""

    type: ClassVar[str] = "session.ended"
    session_id: UUID
    at: datetime


@dataclass(frozen=True, kw_only=True)
class ConsentWithdrawn(Event):
    """A person took back what he let a mini-app or client do."""

    type: ClassVar[str] = "consent.withdrawn"
    app_id: str
    at: datetime
