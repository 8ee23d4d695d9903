"""What workers do for copies."""

from datetime import datetime
from typing import Any

from miniapps.notices import service as notices
from miniapps.privacy import service
from miniapps.privacy.events import ExportAsked, ExportOver, ExportReady
from storage.queue import Task, on


@on(ExportAsked, own_transaction=True, timeout_s=1800, max_attempts=5)
async def build(event: ExportAsked, *, now: datetime) -> None:
    """Collect everything of the person into one sealed archive."""
    await service.build(event.export_id, now=now)


@on(ExportReady)
async def tell_ready(event: ExportReady, *, now: datetime) -> None:
    """Tell the person that his copy can be fetched for a day."""
    await notices.tell_of(
        event.party_id, kind="privacy.export_ready", parameters={}, key=f"export:{event.export_id}", now=now
    )


@on(ExportOver, own_transaction=True)
async def remove(event: ExportOver, *, now: datetime) -> None:
    """Remove a copy whose day is over."""
    await service.remove(event.export_id)


TASKS: list[Task[Any]] = [build, tell_ready, remove]
