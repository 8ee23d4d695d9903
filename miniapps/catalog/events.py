"""What has happened to a mini-app."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from storage.outbox import Event


@dataclass(frozen=True, kw_only=True)
class AppVersionSubmitted(Event):
    """A developer handed a version in: the machine is to look at it."""

    type: ClassVar[str] = "app.version_submitted"
    version_id: UUID
    at: datetime


@dataclass(frozen=True, kw_only=True)
class AppVersionQueued(Event):
    """The machine has nothing against a version: a person is to look at it."""

    type: ClassVar[str] = "app.version_queued"
    version_id: UUID
    at: datetime


@dataclass(frozen=True, kw_only=True)
class AppVersionApproved(Event):
    """A version passed its review: it may be given to citizens."""

    type: ClassVar[str] = "app.version_approved"
    version_id: UUID
    at: datetime


@dataclass(frozen=True, kw_only=True)
class AppReleased(Event):
    """An operator released a version to citizens (上架)."""

    type: ClassVar[str] = "app.released"
    version_id: UUID
    at: datetime


@dataclass(frozen=True, kw_only=True)
class AppRefused(Event):
    """The machine or a person sent a version back, with reasons."""

    type: ClassVar[str] = "app.refused"
    version_id: UUID
    at: datetime


@dataclass(frozen=True, kw_only=True)
class AppSwitchedOff(Event):
    """An operator pulled the plug: no session opens and no token works any more."""

    type: ClassVar[str] = "app.switched_off"
    app_id: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class TeamKeyRevoked(Event):
    """A team's key is lost: nothing that it signed is served any more."""

    type: ClassVar[str] = "app.key_revoked"
    team_id: UUID
    key_id: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class AgreementSigned(Event):
    """One side of an agreement on a mini-app signed it."""

    type: ClassVar[str] = "app.agreement_signed"
    app_id: str
    side: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class AgreementWithdrawn(Event):
    """One side withdrew: no version is approved or released from now on."""

    type: ClassVar[str] = "app.agreement_withdrawn"
    app_id: str
    side: str
    at: datetime
