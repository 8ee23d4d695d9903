"""What the inbox does by itself."""

from datetime import datetime
from typing import Any

from identity.events import (
    AccessObjected,
    DeviceFirstSeen,
    MandateChanged,
    MandateUsed,
    NetworkIdentityLinked,
    NodAsked,
    ObjectionAnswered,
    PasskeyAdded,
    PasskeyRemoved,
)
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


@on(MandateChanged)
async def tell_of_mandate(event: MandateChanged, *, now: datetime) -> None:
    """Tell a party how a mandate of its stands."""
    key, kind = f"mandate:{event.mandate_id}:{event.state}", f"mandate.{event.state}"
    await service.tell_of_mandate(event.party_id, event.mandate_id, kind, key=key, now=now)


@on(MandateUsed)
async def tell_of_act(event: MandateUsed, *, now: datetime) -> None:
    """Tell the principal what was done for it; the same act on the same thing once."""
    await service.tell_of_mandate(
        event.party_id, event.mandate_id, "mandate.used", act=event.act,
        key=f"{event.mandate_id}:{event.act}:{event.object}"[:160], now=now,
    )  # fmt: skip


@on(NodAsked)
async def ask_for_nod(event: NodAsked, *, now: datetime) -> None:
    """Ask a villager to look at what his agent wants to do."""
    key, kind = f"nod:{event.nod_id}", "mandate.nod_asked"
    await service.tell_of_mandate(event.party_id, event.mandate_id, kind, act=event.act, key=key, now=now)


@on(AccessObjected)
async def tell_of_objection(event: AccessObjected, *, now: datetime) -> None:
    """Tell a department that it has to answer an objection."""
    await service.tell_of_objection(event)


@on(ObjectionAnswered)
async def tell_of_answer(event: ObjectionAnswered, *, now: datetime) -> None:
    """Tell a person that his objection was answered."""
    await service.tell_of_answer(event)


TASKS: list[Task[Any]] = [
    sweep,
    tell_of_device,
    tell_of_passkey,
    tell_of_lost_passkey,
    tell_of_network_identity,
    tell_of_mandate,
    tell_of_act,
    ask_for_nod,
    tell_of_objection,
    tell_of_answer,
]
