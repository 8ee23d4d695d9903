"""The team's mini-apps: which there are and where the versions of each stand."""

from typing import Final

from litestar import Response, get
from litestar.types import ControllerRouterHandler

from api.http.errors import AnyRequest
from api.pages.local import with_query
from api.pages.signed_in import place
from api.web.developer.place import HOME, builder, in_team
from api.web.words import APP_STATES, VERSION_STATES
from banshi.scopes import Scope
from miniapps.catalog import queries

PAGE: Final = 20


@get(HOME)
async def list_(request: AnyRequest) -> Response[bytes]:
    """Show the mini-apps of the team, each with its newest version."""
    asker = await builder(request, Scope.APPS_READ)
    page = await queries.of_team(asker.actor, first=PAGE, after=place(request))
    versions = await queries.versions_of(asker.actor, [row.id for row in page.rows])
    return await in_team(
        request, "developer_apps", asker,
        rows=[(row, versions[row.id][:1]) for row in page.rows],
        older=with_query(HOME, after=str(page.rows[-1].id)) if page.more else "",
        app_states=APP_STATES, version_states=VERSION_STATES,
    )  # fmt: skip


ROUTES: list[ControllerRouterHandler] = [list_]
