"""What workers do for the wallet."""

from datetime import datetime
from typing import Any

from miniapps.materials import service
from miniapps.materials.events import (
    CertificateIssued,
    MaterialAvailable,
    MaterialErased,
    MaterialRefused,
    MaterialUploaded,
    UploadExpired,
)
from miniapps.materials.tasks import _check, _tell
from storage.queue import Task, on


@on(MaterialUploaded, own_transaction=True, timeout_s=90)
async def check_upload(event: MaterialUploaded, *, now: datetime) -> None:
    """Check a file in quarantine, seal it into the vault, and remove the clear one."""
    await _check.check(event.upload_id, now=now)


@on(UploadExpired, own_transaction=True)
async def sweep_quarantine(event: UploadExpired, *, now: datetime) -> None:
    """Remove what lies in quarantine once nothing more can be posted there."""
    await _check.sweep(event.upload_id, now=now)


@on(MaterialErased, own_transaction=True)
async def remove_bytes(event: MaterialErased, *, now: datetime) -> None:
    """Remove sealed bytes whose key is gone."""
    await service.erase_object(event.object_id)


@on(MaterialAvailable)
async def tell_available(event: MaterialAvailable, *, now: datetime) -> None:
    """Tell the party that a material may be used now."""
    await _tell.available(event, now=now)


@on(MaterialRefused)
async def tell_refused(event: MaterialRefused, *, now: datetime) -> None:
    """Tell the party why a file was not taken."""
    await _tell.refused(event, now=now)


@on(CertificateIssued)
async def tell_issued(event: CertificateIssued, *, now: datetime) -> None:
    """Tell the holder of a new certificate."""
    await _tell.issued(event, now=now)


TASKS: list[Task[Any]] = [
    check_upload,
    sweep_quarantine,
    remove_bytes,
    tell_available,
    tell_refused,
    tell_issued,
]
