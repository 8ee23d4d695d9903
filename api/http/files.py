"""The file door (文件门): the one place where a citizen's file leaves in clear.

GET {BANSHI_FILES_URL}/files/{token}   with the session's token in the header Authorization

A host name of its own keeps whatever a file contains away from the origin of our pages.  A link is
good for a minute and for the session it was made in; everything else gets the same 404.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from mimetypes import guess_extension
from urllib.parse import quote, urlsplit

from litestar import get
from litestar.response import Stream
from litestar.types import ControllerRouterHandler

from api.http.asking import whoever
from api.http.errors import AnyRequest, PathUnknown
from banshi.errors import NotFound, NotSignedIn
from miniapps.materials import service
from miniapps.materials.service import FileReading
from miniapps.privacy import service as privacy
from miniapps.privacy.errors import ExportNotFound
from storage.objects import Absent

HEADERS = {
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "cross-origin-resource-policy": "same-site",
    "cache-control": "no-store",
    "accept-ranges": "none",
}

OpenLink = Callable[..., Awaitable[FileReading]]  # (actor, token, *, now)

_url = "http://files.localhost:8000"


def configure(url: str) -> None:
    """Say on which host name the door is: `files_url` of the settings."""
    global _url
    _url = url


def link(token: str) -> str:
    """Return the address behind which `token` opens a file."""
    return f"{_url}/files/{token}"


@get("/files/{token:str}")
async def hand_out(request: AnyRequest, token: str) -> Stream:
    """Stream the file of a link, decrypted on its way."""
    return await _streamed(request, token, service.open_link)


def export_link(token: str) -> str:
    """Return the address behind which `token` opens a copy of somebody's data."""
    return f"{_url}/files/exports/{token}"


@get("/files/exports/{token:str}")
async def hand_out_export(request: AnyRequest, token: str) -> Stream:
    """Stream the copy of a link, decrypted on its way."""
    return await _streamed(request, token, privacy.open_link)


async def _streamed(request: AnyRequest, token: str, open_link: OpenLink) -> Stream:
    if request.headers.get("host", "") != urlsplit(_url).netloc:
        raise PathUnknown
    try:
        asker = await whoever(request)
    except NotSignedIn:
        raise NotFound(what="file", id="") from None
    return await streamed(open_link(asker.actor, token, now=asker.now))


async def streamed(opening: Awaitable[FileReading]) -> Stream:
    """Return the answer that streams a file to be saved, which no browser runs or shows among our pages.

    Raises: NotFound, the same whatever the reason is.
    """
    try:
        reading = await opening
        first = await anext(reading.chunks)
    except (NotFound, ExportNotFound, NotSignedIn, Absent):
        raise NotFound(what="file", id="") from None
    return Stream(_rest(first, reading), media_type=reading.media_type, headers=_headers(reading))


async def _rest(first: bytes, reading: FileReading) -> AsyncIterator[bytes]:
    yield first
    async for chunk in reading.chunks:
        yield chunk


def _headers(reading: FileReading) -> dict[str, str]:
    name = quote(reading.name + (guess_extension(reading.media_type) or ""), safe="")
    return HEADERS | {
        "content-disposition": f"attachment; filename*=UTF-8''{name}",
        "content-length": str(reading.size),
    }


ROUTES: list[ControllerRouterHandler] = [hand_out, hand_out_export]
