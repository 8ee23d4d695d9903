"""Files on their way into the wallet, for the script of the pages: the answers are JSON."""

from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.enums import MediaType
from litestar.types import ControllerRouterHandler

from api.graphql import execute
from api.graphql.documents import named
from api.http.errors import AnyRequest
from api.web.citizen import sayings
from api.web.citizen.asking import ask
from api.web.citizen.place import citizen, filled
from banshi.errors import DomainError, InvalidInput
from banshi.scopes import Scope

REQUEST: Final = named("request_upload")
COMPLETE: Final = named("complete_upload")
UPLOAD: Final = named("upload")
PATH: Final = "/wallet/uploads"
DIGITS: Final = 9  # of a size in bytes


@post(PATH, status_code=200)
async def request_upload(request: AnyRequest) -> Response[bytes]:
    """Answer where the file is to be sent: `{id, state, url, fields}`."""
    form, asker = await filled(request, Scope.MATERIALS_WRITE)
    size = form.get("size")
    try:
        if not size.isascii() or not size.isdigit() or len(size) > DIGITS:
            raise InvalidInput(field="size", problem="请重新选择文件")
        facts = {name: form.get(name) for name in ("kind", "title", "mediaType", "sha256", "key")}
        told = (await ask(request, asker, REQUEST, **facts, size=int(size)))["requestUpload"]
    except DomainError as refusal:
        return _told({"problem": sayings.told(refusal, now=asker.now)}, refusal.status)
    return _told({**told["upload"], "url": told["url"], "fields": told["fields"]})


@post(f"{PATH}/{{upload_id:uuid}}/sent", status_code=200)
async def complete(request: AnyRequest, upload_id: UUID) -> Response[bytes]:
    """Note that the file has been sent."""
    _, asker = await filled(request, Scope.MATERIALS_WRITE)
    try:
        told = await ask(request, asker, COMPLETE, id=str(upload_id))
    except DomainError as refusal:
        return _told({"problem": sayings.told(refusal, now=asker.now)}, refusal.status)
    return _told(told["completeUpload"])


@get(f"{PATH}/{{upload_id:uuid}}")
async def state(request: AnyRequest, upload_id: UUID) -> Response[bytes]:
    """Answer how the upload stands: `{state, advice}`."""
    asker = await citizen(request, Scope.MATERIALS_READ)
    return _told((await ask(request, asker, UPLOAD, id=str(upload_id)))["upload"])


def _told(body: dict[str, Any], status: int = 200) -> Response[bytes]:
    return Response(execute.encode(body), status_code=status, media_type=MediaType.JSON)


ROUTES: list[ControllerRouterHandler] = [request_upload, complete, state]
