"""What a mini-app's back end can be asked: the file of which `mgop-generator` makes a client.

GET /mgop/{app}/mgopSchema.json   of the version that everybody gets; for anybody, with an ETag

A mini-app that is not listed, or no more, is answered as one that never was.
"""

import re

from litestar import Response, get
from litestar.enums import MediaType

from api.http import quota
from api.http.apps.answers import names
from api.http.apps.origins import LABEL
from api.http.errors import AnyRequest
from identity.actor import ANONYMOUS
from miniapps.catalog.errors import AppNotFound
from miniapps.gateway import service

PATH = "/mgop/{app_id:str}/mgopSchema.json"
FRESH = "public, max-age=60"


@get(PATH)
async def hand_out(request: AnyRequest, app_id: str) -> Response[bytes]:
    """Hand out the APIs of a listed mini-app."""
    await quota.count(ANONYMOUS, request.scope["state"]["address"])
    if not re.fullmatch(LABEL, app_id):
        raise AppNotFound(app=app_id)
    told = await service.catalogue(app_id)
    tag = f'"{told.tag}"'
    headers = {"cache-control": FRESH, "etag": tag}
    if names(request.headers.get("if-none-match", "").encode(), tag.encode()):
        return Response(b"", status_code=304, headers=headers)
    return Response(told.body, media_type=MediaType.JSON, headers=headers)
