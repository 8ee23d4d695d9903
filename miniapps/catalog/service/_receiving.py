"""Taking a package in: room is held before anything is written, and one of a mini-app comes in at a time."""

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import IO
from uuid import UUID

import msgspec

from banshi import gate, package
from banshi.errors import Unavailable
from banshi.findings import PackageRefused
from banshi.manifest import ManifestRefused
from banshi.package import Checked
from identity.actor import Actor
from miniapps.catalog import queries
from miniapps.catalog.errors import PackageUnsigned, UploadsUnderWay, VersionExists
from miniapps.catalog.service import _items, packages, stock
from miniapps.catalog.service._submission import placed, row_of, store
from miniapps.catalog.tables import MiniApp, MiniAppVersion
from storage.db import transaction

PIECE = 2**20  # bytes that are hashed at once
WITHIN_S = 600.0  # a package is written to the store
PATIENCE_S, PAUSE_S = 20.0, 0.2  # how long one waits for another of the same mini-app, and between two looks

_room = asyncio.Semaphore(2)


async def submit_package(actor: Actor, file: IO[bytes], *, now: datetime) -> tuple[MiniAppVersion, bool]:
    """Hand in the version in the package in an open file, and say whether it is new.

    The same bytes again are one version.  The file is read in pieces, from its beginning.

    Raises:
        PackageRefused: with everything that is wrong with it.
        PackageUnsigned: no living key of the team signed it.
        TeamStorageFull: the team has no room left for it, beside what is on its way in.
        UploadsUnderWay: another one of this mini-app takes long.
        AppIdTaken, TooManyApps, VersionExists, AppInReview, TooManyVersions: as `submit` does.
        Unavailable: the store is away; nothing was handed in.
    """
    async with _room:  # each unpacks up to 80 MiB, piece by piece
        found, size, sha256 = await asyncio.to_thread(_read, file)
    async with _reserved(actor, found, size, sha256, now=now) as hold:
        if hold is not None:
            async with _in_time(), _room:
                await packages.keep(found, file, size, sha256)
        return await _entered(actor, found, size, sha256, hold, now=now)


@asynccontextmanager
async def _in_time() -> AsyncIterator[None]:
    """End what takes longer than its room is held.  Raises: Unavailable."""
    try:
        async with asyncio.timeout(WITHIN_S):
            yield
    except TimeoutError:
        raise Unavailable(system="object store") from None


@asynccontextmanager
async def _reserved(
    actor: Actor, found: Checked, size: int, sha256: str, *, now: datetime
) -> AsyncIterator[UUID | None]:
    """Hold room for a version while it is written, so that nothing is stored in vain; None: it is there.

    Of a mini-app one is on its way in at a time; who comes second waits, and may find that it was the same.
    """
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            app, hold = await _reserve(actor, found, size, sha256, now=now)
            break
        except UploadsUnderWay:
            if time.monotonic() >= until:
                raise
        await asyncio.sleep(PAUSE_S)
    try:
        yield hold
    finally:
        if hold is not None:
            await stock.give_back(app.id, hold)


async def _reserve(
    actor: Actor, found: Checked, size: int, sha256: str, *, now: datetime
) -> tuple[MiniApp, UUID | None]:
    async with transaction():
        app, before = await placed(actor, found.manifest, now=now)
        if before is not None:
            return app, None
        await _check_signed(actor, found)  # else no id is taken, either
        await _check_items(found)
        hold = await stock.reserve(app, size)
        await stock.announce(packages.keys_of(found.listing, sha256))
    return app, hold


async def _entered(
    actor: Actor, found: Checked, size: int, sha256: str, hold: UUID | None, *, now: datetime
) -> tuple[MiniAppVersion, bool]:
    async with transaction():
        app, before = await placed(actor, found.manifest, now=now)
        if before is not None:
            if before.package_sha256 != sha256:
                raise VersionExists(app_id=app.app_id, version=before.version)
            return before, False
        assert hold is not None, "versions are never removed"
        await stock.settle(app, hold, size)
        row = await row_of(actor, app, found.manifest, found.manifest_text, now=now)
        row.package_sha256, row.package_size = sha256, size
        row.listing, row.signature = (
            found.listing_bytes.decode(),
            msgspec.json.encode(found.signature).decode(),
        )
        row.key_id = found.signature.key
        await stock.use(packages.keys_of(found.listing, sha256))
        await store(actor, row, now=now)
    return row, True


def _read(file: IO[bytes]) -> tuple[Checked, int, str]:
    """Return what is in a package, its length in bytes, and its SHA-256."""
    found = package.check(file)
    wrong = list(gate.entry(found.manifest, found.listing.files))
    if wrong:
        raise PackageRefused(wrong)
    digest = hashlib.sha256()
    file.seek(0)
    while piece := file.read(PIECE):
        digest.update(piece)
    return found, file.tell(), digest.hexdigest()


async def _check_signed(actor: Actor, found: Checked) -> None:
    living = {
        key.key_id: bytes.fromhex(key.public_key)
        for key in await queries.keys(actor)
        if key.retired_at is None and key.revoked_at is None
    }
    if not found.is_signed_by(living):
        raise PackageUnsigned(key_id=found.signature.key[:32])


async def _check_items(found: Checked) -> None:
    try:
        await _items.check(found.manifest, found.manifest_text)
    except ManifestRefused as refusal:
        raise package.refused(refusal.faults) from None
