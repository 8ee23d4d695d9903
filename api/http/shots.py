"""Pictures of mini-apps under review.

GET /apps/versions/{version id}/shots/{name}   with the token of a developer's or an operator's session: PNG
POST /apps/reviews/{review id}/shots           with that of who has claimed it; PNG, JPEG or WebP, to 4 MiB
    201 {"name"}
"""

import json
from uuid import UUID

from litestar import Response, get, post

from api.http.asking import holder_of
from api.http.errors import AnyRequest, BodyTooLarge
from banshi.scopes import Scope
from miniapps.review import service
from storage import limits

LARGEST = 4 * 1024 * 1024  # bytes
BURST, PER_S = 20, 1 / 30  # pictures of one reviewer
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


@post("/apps/reviews/{id:uuid}/shots", request_max_body_size=LARGEST)
async def take_shot(request: AnyRequest, id: UUID) -> Response[bytes]:
    """Keep a picture as evidence for a reason of a refusal."""
    asker = await holder_of(request, Scope.APPS_REVIEW)
    await limits.take(f"shot:{asker.actor.limit_key}", capacity=BURST, per_s=PER_S)
    picture = bytearray()
    async for piece in request.stream():
        picture += piece
        if len(picture) > LARGEST:
            raise BodyTooLarge
    name = await service.attach(asker.actor, id, bytes(picture), now=asker.now)
    return Response(json.dumps({"name": name}).encode(), status_code=201, media_type="application/json")
