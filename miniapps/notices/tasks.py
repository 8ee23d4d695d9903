"""What the inbox does by itself."""

from datetime import datetime
from typing import Any

from identity.events import DeviceFirstSeen, NetworkIdentityLinked, PasskeyAdded, PasskeyRemoved
from miniapps.notices import service
from miniapps.notices.events import NoticesAged
from storage.queue import Task, on


@on(NoticesAged)
async def sweep(event: NoticesAged, *, now: datetime) -> None:
    """Drop what is past keeping."""
    await service.sweep(now=now)


@on(DeviceFirstSeen)
async def tell_of_device(event: DeviceFirstSeen, *, now: datetime) -> None:
    """Warn a person that somebody signed in as him on a device never seen with him."""
    await service.tell_of_device(event)


@on(PasskeyAdded)
async def tell_of_passkey(event: PasskeyAdded, *, now: datetime) -> None:
    """Warn a person that a passkey was added."""
    await service.tell_of_passkey(event)


@on(PasskeyRemoved)
async def tell_of_lost_passkey(event: PasskeyRemoved, *, now: datetime) -> None:
    """Warn a person that a passkey was removed."""
    await service.tell_of_lost_passkey(event)


@on(NetworkIdentityLinked)
async def tell_of_network_identity(event: NetworkIdentityLinked, *, now: datetime) -> None:
    """Warn a person that his account was linked."""
    await service.tell_of_network_identity(event)


TASKS: list[Task[Any]] = [
    sweep,
    tell_of_device,
    tell_of_passkey,
    tell_of_lost_passkey,
    tell_of_network_identity,
]
