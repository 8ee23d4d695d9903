"""Pictures of mini-apps under review.

GET /apps/versions/{version id}/shots/{name}   with the token of a developer's or an operator's session: PNG
"""

from uuid import UUID

from litestar import Response, get

from api.http.asking import holder_of
from api.http.errors import AnyRequest
from banshi.scopes import Scope
from miniapps.review import service

HEADERS = {
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; sandbox",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "private, max-age=3600, immutable",
}


@get("/apps/versions/{version_id:uuid}/shots/{name:str}")
async def hand_out_shot(request: AnyRequest, version_id: UUID, name: str) -> Response[bytes]:
    """Hand out a picture that the machine took of a page, to who may see the version."""
    asker = await holder_of(request, Scope.APPS_READ)
    picture = await service.shot(asker.actor, version_id, name)
    return Response(picture, media_type="image/png", headers=HEADERS)
