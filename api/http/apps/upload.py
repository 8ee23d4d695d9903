"""Taking packages in.

POST /apps/packages   the zip of `miniapp pack`, with the token of a developer's session
    201 {"versionId", "appId", "version", "state"}; the same bytes again: 200, and the same version

Nothing is held in memory but pieces (`api.http.apps.spool`).
"""

import msgspec
from litestar import Response, post

from api.http.apps import spool
from api.http.asking import Asker, holder_of
from api.http.errors import AnyRequest, UnsupportedMediaType
from banshi.package import LARGEST
from banshi.scopes import Scope
from miniapps.catalog import queries, service
from storage import limits

TAKEN = ("application/zip", "application/octet-stream")
BURST, PER_S = 20, 1 / 60  # packages of one person


class Taken(msgspec.Struct, frozen=True, rename="camel"):
    """What became of a package."""

    version_id: str
    app_id: str
    version: str
    state: str


@post("/apps/packages", request_max_body_size=LARGEST)
async def take_package(request: AnyRequest) -> Response[bytes]:
    """Hand in the version in a package."""
    asker = await holder_of(request, Scope.APPS_WRITE)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() not in TAKEN:
        raise UnsupportedMediaType(taken=TAKEN[0])
    await count(asker)
    with spool.place(asker.actor):
        async with spool.spooled(request) as file:
            row, is_new = await service.submit_package(asker.actor, file, now=asker.now)
    app = await queries.app_of(asker.actor, row)
    told = Taken(version_id=str(row.id), app_id=app.app_id, version=row.version, state=row.state.upper())
    status = 201 if is_new else 200
    return Response(msgspec.json.encode(told), status_code=status, media_type="application/json")


async def count(asker: Asker) -> None:
    """Count one package, however it comes, before a place is held for it: who stalls is counted, too.

    Raises: RateLimited.
    """
    await limits.take(f"package:{asker.actor.limit_key}", capacity=BURST, per_s=PER_S)
