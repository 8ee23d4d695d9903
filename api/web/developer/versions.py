"""One version of a mini-app: where it stands, and taking it back."""

from uuid import UUID

from litestar import Response, get, post
from litestar.types import ControllerRouterHandler

from api.http.asking import Asker
from api.http.errors import AnyRequest
from api.pages.local import go, with_query
from api.web.developer.place import APPS, about_app, builder, built
from api.web.words import VERSION_STATES
from banshi.scopes import Scope
from miniapps.catalog import queries, service
from miniapps.catalog.errors import AppNotFound
from miniapps.catalog.rules import IN_REVIEW, VersionState
from miniapps.catalog.tables import MiniApp, MiniAppVersion

ONE = f"{APPS}/{{app_id:str}}/versions/{{version_id:uuid}}"


@get(ONE)
async def one(request: AnyRequest, app_id: str, version_id: UUID) -> Response[bytes]:
    """Show a version."""
    asker = await builder(request, Scope.APPS_READ)
    app, row = await _own(asker, app_id, version_id)
    return await about_app(
        request, "developer_version", asker, app, row=row, called=VERSION_STATES[row.state],
        may_withdraw=row.state in IN_REVIEW and asker.actor.may(Scope.APPS_WRITE),
    )  # fmt: skip


@post(f"{ONE}/withdraw", status_code=200)
async def withdraw(request: AnyRequest, app_id: str, version_id: UUID) -> Response[bytes]:
    """Take a version back that is in review; sent twice, it is done once."""
    _, asker = await built(request)
    _, row = await _own(asker, app_id, version_id)
    if row.state != VersionState.WITHDRAWN:
        await service.withdraw(asker.actor, row.id, now=asker.now)
    return go(with_query(f"{APPS}/{app_id}/versions/{version_id}", done="withdrawn"))


async def _own(asker: Asker, app_id: str, version_id: UUID) -> tuple[MiniApp, MiniAppVersion]:
    """Return a mini-app of the team and a version of just that.  Raises: AppNotFound."""
    app = await queries.own_app(asker.actor, app_id)
    row = await queries.version(asker.actor, version_id)
    if row.app != app.id:
        raise AppNotFound(app=version_id)
    return app, row


ROUTES: list[ControllerRouterHandler] = [one, withdraw]
