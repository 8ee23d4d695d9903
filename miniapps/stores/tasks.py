"""What follows when a consent is taken back."""

from datetime import datetime
from typing import Any

from banshi.scopes import Scope
from identity.events import ConsentWithdrawn
from miniapps.stores import service
from storage.queue import Task, on


@on(ConsentWithdrawn)
async def forget(event: ConsentWithdrawn, *, now: datetime) -> None:
    """Delete what a mini-app keeps of a party that lets it keep nothing any more."""
    if Scope.STORAGE_KEEP in event.withdrawn:
        await service.forget(event.party_id, event.app_id)


TASKS: list[Task[Any]] = [forget]
