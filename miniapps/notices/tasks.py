"""What the inbox does by itself."""

from datetime import datetime

from miniapps.notices import service
from miniapps.notices.events import NoticesAged
from storage.queue import on


@on(NoticesAged)
async def sweep(event: NoticesAged, *, now: datetime) -> None:
    """Drop what is past keeping."""
    await service.sweep(now=now)


TASKS = [sweep]
