"""Objects: files in an S3-compatible store, through one blocking client in a bounded number of threads.

Only what MinIO, SeaweedFS and others do alike is used: no bucket notifications, no append, no
lifecycle rules, no server-side keys (`docs/adr/050`).
"""

import asyncio
import hashlib
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from io import BytesIO
from typing import IO, Any, TypeVar
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

import urllib3
from minio import Minio
from minio.commonconfig import CopySource
from minio.datatypes import PostPolicy
from minio.error import MinioException, S3Error

from banshi.errors import Unavailable
from storage.clock import system_now
from storage.settings import ObjectsSettings

T = TypeVar("T")

CHUNK_BYTES = 256 * 1024
PART_BYTES = 5 * 1024 * 1024  # of a long upload, the least that stores take; one is in memory at a time
PLAIN = "application/octet-stream"
CONNECT_S = 2.0
READ_S = 10.0
TRIES = 3  # after the first; transport errors and 5xx only
ABSENT = frozenset({"NoSuchKey", "NoSuchObject", "NoSuchVersion"})
BUSY = frozenset(
    {"SlowDown", "InternalError", "ServiceUnavailable", "RequestTimeout", "XMinioServerNotInitialized"}
)


class Absent(Exception):
    """There is no object of this name."""


@dataclass(frozen=True)
class Stat:
    """What the store knows about an object."""

    key: str
    size: int  # bytes
    modified_at: datetime
    media_type: str


@dataclass(frozen=True)
class PostForm:
    """A form for one upload: a multipart POST to `url` of `fields` and then `file`."""

    url: str
    fields: dict[str, str]


@dataclass(frozen=True)
class _Store:
    """The two clients of this process: one that talks, and one that only signs for the public address."""

    settings: ObjectsSettings
    inside: Minio
    outside: Minio
    threads: ThreadPoolExecutor

    @property
    def bucket(self) -> str:
        return self.settings.bucket


_store: _Store | None = None


def configure(settings: ObjectsSettings) -> None:
    """Tell this process where the store is.  Nothing is sent yet.

    An endpoint is `host:port` (plain HTTP) or a URL `http[s]://host[:port]` without a path.
    """
    global _store
    close()
    _store = _Store(
        settings=settings,
        inside=_client(settings.endpoint, settings),
        outside=_client(settings.public_endpoint, settings),
        threads=ThreadPoolExecutor(max_workers=settings.threads, thread_name_prefix="objects"),
    )


def close() -> None:
    """Let the threads and connections go; harmless when there are none."""
    global _store
    if _store is not None:
        _store.threads.shutdown(wait=True)
        _store = None


def _client(endpoint: str, settings: ObjectsSettings) -> Minio:
    address = urlsplit(endpoint if "://" in endpoint else f"http://{endpoint}")
    retries = urllib3.Retry(total=TRIES, backoff_factor=0.2, status_forcelist=(500, 502, 503, 504))
    return Minio(
        address.netloc,
        access_key=settings.access_key,
        secret_key=settings.secret_key,
        secure=address.scheme == "https",
        region=settings.region,  # without it every signature costs a call to the store
        http_client=urllib3.PoolManager(
            maxsize=settings.threads, retries=retries, timeout=urllib3.Timeout(connect=CONNECT_S, read=READ_S)
        ),
    )


def _open_store() -> _Store:
    assert _store is not None, "storage.objects.configure was not called"
    return _store


async def _run(call: Callable[[], T]) -> T:
    """Run a blocking call in one of the store's threads; more callers than threads wait their turn."""
    return await asyncio.get_running_loop().run_in_executor(_open_store().threads, partial(_translated, call))


def _translated(call: Callable[[], T]) -> T:
    """Say in our words what went wrong: Absent, Unavailable, or an error of ours that is left alone."""
    try:
        return call()
    except S3Error as error:
        if error.code in ABSENT:
            raise Absent(error.object_name) from None
        if error.code in BUSY:
            raise Unavailable(system="object store") from error
        raise
    except (urllib3.exceptions.HTTPError, MinioException, OSError) as error:
        raise Unavailable(system="object store") from error


async def ensure_bucket(origins: Iterable[str] = ()) -> None:
    """Make the private bucket if it is missing, and let pages of `origins` only post to it.

    A store without bucket CORS (it answers NotImplemented) needs the rule in its own configuration.
    Raises: Unavailable.
    """
    store = _open_store()
    await _run(lambda: _make_bucket(store))
    allowed = sorted(set(origins))
    if allowed:
        await _run(lambda: _allow(store, allowed))


def _make_bucket(store: _Store) -> None:
    if store.inside.bucket_exists(store.bucket):
        return
    try:
        store.inside.make_bucket(store.bucket, location=store.settings.region)
    except S3Error as error:
        if error.code not in ("BucketAlreadyOwnedByYou", "BucketAlreadyExists"):  # another process was faster
            raise


def _allow(store: _Store, origins: list[str]) -> None:
    """PutBucketCors; minio-py has no method for it, only its signing request underneath."""
    rules = "".join(f"<AllowedOrigin>{escape(origin)}</AllowedOrigin>" for origin in origins)
    body = (
        f"<CORSConfiguration><CORSRule>{rules}<AllowedMethod>POST</AllowedMethod>"
        "<AllowedHeader>*</AllowedHeader><MaxAgeSeconds>600</MaxAgeSeconds></CORSRule></CORSConfiguration>"
    ).encode()
    digest = b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()
    try:
        store.inside._execute(
            "PUT",
            bucket_name=store.bucket,
            body=body,
            headers={"Content-MD5": digest},
            query_params={"cors": ""},
        )
    except S3Error as error:
        if error.code != "NotImplemented":
            raise


def presign_post(key: str, *, media_type: str, min_bytes: int = 1, max_bytes: int, seconds: int) -> PostForm:
    """Allow whoever has the form to write exactly `key`, with this type and a size in the given range.

    Pure arithmetic, no call.  The time limit is by the machine's clock, because the store judges by its own.
    """
    store = _open_store()
    policy = PostPolicy(store.bucket, system_now() + timedelta(seconds=seconds))
    policy.add_equals_condition("key", key)
    policy.add_equals_condition("Content-Type", media_type)
    policy.add_equals_condition("success_action_status", "204")
    policy.add_content_length_range_condition(min_bytes, max_bytes)
    fields = store.outside.presigned_post_policy(policy)
    fields |= {"key": key, "Content-Type": media_type, "success_action_status": "204"}
    return PostForm(url=f"{public_origin()}/{store.bucket}", fields=fields)


def public_origin() -> str:
    """Return the origin to which browsers post files."""
    endpoint = _open_store().settings.public_endpoint.rstrip("/")
    return endpoint if "://" in endpoint else f"http://{endpoint}"


async def put(key: str, data: bytes, *, media_type: str = PLAIN) -> None:
    """Write an object; what had the name before is replaced.  Raises: Unavailable."""
    store = _open_store()
    await _run(
        lambda: store.inside.put_object(store.bucket, key, BytesIO(data), len(data), content_type=media_type)
    )


async def put_file(key: str, file: IO[bytes], size: int, *, media_type: str = PLAIN) -> None:
    """Write an object of `size` bytes from where a file stands, by parts.  Raises: Unavailable."""
    store = _open_store()
    data: Any = file  # minio asks for a BinaryIO, which is the same to it
    await _run(
        lambda: store.inside.put_object(
            store.bucket, key, data, size, media_type, part_size=PART_BYTES, num_parallel_uploads=1
        )
    )


async def get(key: str) -> AsyncIterator[bytes]:
    """Stream an object in pieces of up to 256 KiB; a thread is held only while a piece is fetched.

    Raises: Absent, Unavailable.
    """
    store = _open_store()
    response = await _run(lambda: store.inside.get_object(store.bucket, key))
    try:
        while chunk := await _run(lambda: _piece(response)):
            yield chunk
    finally:
        response.close()
        response.release_conn()


def _piece(response: Any) -> bytes:
    return bytes(response.read(CHUNK_BYTES))


async def read(key: str, *, max_bytes: int) -> bytes:
    """Return an object of at most `max_bytes`.

    Raises: Absent, Unavailable; ValueError when it is larger.
    """
    pieces: list[bytes] = []
    total = 0
    async for piece in get(key):
        total += len(piece)
        if total > max_bytes:
            raise ValueError(f"the object is larger than {max_bytes} bytes")
        pieces.append(piece)
    return b"".join(pieces)


async def stat(key: str) -> Stat | None:
    """Return what the store knows about an object; None when there is none.  Raises: Unavailable."""
    store = _open_store()
    try:
        found = await _run(lambda: store.inside.stat_object(store.bucket, key))
    except Absent:
        return None
    return _stat(found)


def _stat(found: Any) -> Stat:
    return Stat(
        key=found.object_name,
        size=found.size or 0,
        modified_at=found.last_modified,
        media_type=found.content_type or "",
    )


async def remove(key: str) -> None:
    """Remove an object; harmless when there is none.  Raises: Unavailable."""
    store = _open_store()
    await _run(lambda: store.inside.remove_object(store.bucket, key))


async def copy(source: str, target: str) -> None:
    """Copy an object inside the bucket, without moving its bytes through us.  Raises: Absent, Unavailable."""
    store = _open_store()
    await _run(lambda: store.inside.copy_object(store.bucket, target, CopySource(store.bucket, source)))


async def list_(prefix: str) -> list[Stat]:
    """Return every object whose name begins with `prefix`, by name.  Raises: Unavailable."""
    store = _open_store()
    return await _run(
        lambda: [_stat(found) for found in store.inside.list_objects(store.bucket, prefix, recursive=True)]
    )
