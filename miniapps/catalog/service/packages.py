"""The files of versions: kept by what they hold, believed only where list, signature and hash agree."""

import asyncio
import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from functools import lru_cache
from typing import IO
from uuid import UUID

import msgspec
import structlog

from banshi import package
from banshi.package import Checked, Listed, Listing, Signature
from miniapps.catalog.errors import AppNotFound, FileDamaged
from miniapps.catalog.rules import AppState, VersionState
from miniapps.catalog.tables import MiniAppVersion
from storage import objects
from storage.db import fetch
from storage.news import Listener
from storage.remembered import Remembered

log = structlog.get_logger()

TOPICS = frozenset({"mini_app", "mini_app_version", "team_key"})  # whose changes are heard
REMEMBERED, STALE_S = 2_000, 30.0
LISTINGS = 64  # verified lists per process; one may have two thousand lines
CACHE_BYTES, LARGEST_CACHED = 64 * 2**20, 8 * 2**20
LONG = 2**20  # bytes; longer ones are hashed in a thread
LANES = 3  # files of one package that are written at once, each by parts of a few MiB


@dataclass(frozen=True)
class Served:
    """What is served of one version; None: nothing."""

    listing: Listing | None


SERVED = (
    "SELECT v.listing, v.signature, k.public_key FROM mini_app a"
    " JOIN mini_app_version v ON v.app = a.id AND v.version = $2"
    " JOIN team_key k ON k.team_id = v.team_id AND k.key_id = v.key_id"
    " WHERE a.app_id = $1 AND a.state <> $3 AND v.state = $4 AND NOT v.is_stopped AND k.revoked_at IS NULL"
)

_held = Remembered[tuple[str, str], Served]("changed", most=REMEMBERED, stale_s=STALE_S)
_files: OrderedDict[str, bytes] = OrderedDict()
_bytes = 0


def listener() -> Listener:
    """Return what must hear PostgreSQL for answers to be remembered, and for them to end in time."""
    return _held.listener(TOPICS)


def forget() -> None:
    """Drop all that this process remembers, as a restart would."""
    global _bytes
    _held.forget()
    _verified.cache_clear()
    _files.clear()
    _bytes = 0


async def served(app_id: str, version: str) -> Listing | None:
    """Return the list of a version that is served now; None for whatever is not.

    It is approved, nothing of it is switched off, its key is not revoked, and the signature holds.
    """
    held = _held.get((app_id, version))
    if held is None:
        before = _held.changes
        held = Served(await _listing(app_id, version))
        _held.keep((app_id, version), held, before)
    return held.listing


async def _listing(app_id: str, version: str) -> Listing | None:
    rows = await fetch(SERVED, app_id, version, AppState.SUSPENDED, VersionState.APPROVED)
    if not rows:
        return None
    [row] = rows
    listing = _verified(row["listing"], row["signature"], row["public_key"])
    if listing is None or (listing.app, listing.version) != (app_id, version):
        log.error("packages.listing_refused", app_id=app_id, version=version)
        return None
    return listing


@lru_cache(maxsize=LISTINGS)
def _verified(listing: str, signature: str, public_key: str) -> Listing | None:
    """Return the list if this key signed it; remembered by the very bytes of all three."""
    public = bytes.fromhex(public_key)
    told = msgspec.json.decode(signature, type=Signature)
    if not package.verify(listing.encode(), told, {package.key_id(public): public}):
        return None
    return msgspec.json.decode(listing, type=Listing)


async def content(listed: Listed) -> bytes:
    """Return the bytes of a listed file.

    Raises: FileDamaged when the store has others, or none; Unavailable.
    """
    found = _files.get(listed.sha256)
    if found is not None:
        _files.move_to_end(listed.sha256)
        return found
    try:
        data = await objects.read(file_key(listed.sha256), max_bytes=listed.size)
    except (objects.Absent, ValueError) as error:
        log.error("packages.file_damaged", sha256=listed.sha256, error=type(error).__name__)
        raise FileDamaged from None
    if await _sha256(data) != listed.sha256:
        log.error("packages.file_damaged", sha256=listed.sha256, error="hash")
        raise FileDamaged
    _remember(listed.sha256, data)
    return data


async def _sha256(data: bytes) -> str:
    if len(data) < LONG:
        return hashlib.sha256(data).hexdigest()
    return await asyncio.to_thread(lambda: hashlib.sha256(data).hexdigest())


def _remember(sha256: str, data: bytes) -> None:
    global _bytes
    if len(data) > LARGEST_CACHED or sha256 in _files:
        return
    _files[sha256] = data
    _bytes += len(data)
    while _bytes > CACHE_BYTES:
        _bytes -= len(_files.popitem(last=False)[1])


async def file(version_id: UUID, name: str) -> bytes:
    """Return a file of a version, in whatever state its review is: for the gate and for who reviews.

    Raises: AppNotFound: no such version or file, or its files are gone; FileDamaged, Unavailable.
    """
    row = await _with_package(version_id)
    listed = msgspec.json.decode(row.listing, type=Listing).files.get(name)
    if listed is None:
        raise AppNotFound(app=version_id)
    return await content(listed)


async def package_bytes(version_id: UUID) -> bytes:
    """Return the package of a version as it was handed in.

    Raises: AppNotFound: no such version, or it has none, or it is gone; FileDamaged, Unavailable.
    """
    row = await _with_package(version_id)
    listing = msgspec.json.decode(row.listing, type=Listing)
    try:
        data = await objects.read(package_key(listing.app, row.package_sha256), max_bytes=row.package_size)
    except (objects.Absent, ValueError):
        raise FileDamaged from None
    if await _sha256(data) != row.package_sha256:
        raise FileDamaged
    return data


async def _with_package(version_id: UUID) -> MiniAppVersion:
    row = await MiniAppVersion.objects().where(MiniAppVersion.id == version_id).first()
    if row is None or row.package_sha256 is None or row.removed_at is not None:
        raise AppNotFound(app=version_id)
    return row


async def keep(found: Checked, file: IO[bytes], size: int, sha256: str) -> None:
    """Store a package of `size` bytes and each of its files; what nobody comes to refer to is swept away.

    Raises: Unavailable.
    """
    lanes = asyncio.Semaphore(LANES)
    names = {listed.sha256: name for name, listed in found.listing.files.items()}

    async def store(name: str, listed: Listed) -> None:
        async with lanes:
            with found.open(name) as stream:
                await objects.put_file(file_key(listed.sha256), stream, listed.size)

    await asyncio.to_thread(file.seek, 0)
    await objects.put_file(package_key(found.manifest.id, sha256), file, size, media_type="application/zip")
    await asyncio.gather(*(store(name, found.listing.files[name]) for name in names.values()))


def keys_of(listing: Listing, sha256: str) -> list[str]:
    """Return the objects of a version by name: its files, and its package, which has this SHA-256."""
    files = {file_key(listed.sha256) for listed in listing.files.values()}
    return sorted({package_key(listing.app, sha256), *files})


def package_key(app_id: str, sha256: str) -> str:
    return f"packages/{app_id}/{sha256}.zip"


def file_key(sha256: str) -> str:
    return f"app-files/{sha256}"
