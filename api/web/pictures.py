"""Pictures that the machine took of a mini-app's pages, for those who may see the version."""

from uuid import UUID

from litestar import Response

from api.http.asking import Asker
from api.http.shots import HEADERS
from miniapps.review import service


async def picture(asker: Asker, version_id: UUID, name: str) -> Response[bytes]:
    """Return one picture (PNG).

    Raises: ReviewNotFound, Unavailable.
    """
    found = await service.shot(asker.actor, version_id, name)
    return Response(found, media_type="image/png", headers=HEADERS)
