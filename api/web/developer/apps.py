"""The team's mini-apps: which there are, and how one of them stands."""

from typing import Final

import msgspec
from litestar import Response, get
from litestar.types import ControllerRouterHandler

from api.http.errors import AnyRequest
from api.pages.local import with_query
from api.pages.signed_in import place
from api.web.developer.journey import stops
from api.web.developer.place import APPS, HOME, about_app, builder, in_team
from api.web.words import APP_STATES, VERSION_STATES
from banshi.manifest import Manifest
from banshi.scopes import Scope
from miniapps.catalog import queries
from miniapps.catalog.errors import AppNotFound
from miniapps.catalog.rules import AppState
from miniapps.catalog.service import agreements, stock
from miniapps.gateway import service as gateway

PAGE: Final = 20
LONGEST_WORDS: Final = 40
MIB: Final = 2**20  # bytes
DOWNLOADED: Final = {"content-disposition": 'attachment; filename="mgopSchema.json"'}


@get(HOME)
async def list_(request: AnyRequest) -> Response[bytes]:
    """Show the mini-apps of the team, each with its newest version."""
    asker = await builder(request, Scope.APPS_READ)
    asked = request.query_params
    words, state = asked.get("q", "").strip()[:LONGEST_WORDS].replace("\0", ""), asked.get("state", "")
    chosen = AppState(state) if state in list(AppState) else None
    page = await queries.of_team(asker.actor, first=PAGE, after=place(request), words=words, state=chosen)
    versions = await queries.versions_of(asker.actor, [row.id for row in page.rows])
    older = with_query(HOME, q=words, state=chosen, after=str(page.rows[-1].id)) if page.more else ""
    return await in_team(
        request, "developer_apps", asker,
        rows=[(row, versions[row.id][:1]) for row in page.rows],
        stored=await queries.stored(asker.actor.acting_for), limits=stock.limits(), mib=MIB,
        older=older, q=words, chosen=chosen or "", base=APPS,
        app_states=APP_STATES, version_states=VERSION_STATES,
    )  # fmt: skip


@get(f"{APPS}/{{app_id:str}}")
async def one(request: AnyRequest, app_id: str) -> Response[bytes]:
    """Show how a mini-app stands, what to do next, and its versions."""
    asker = await builder(request, Scope.APPS_READ)
    app = await queries.own_app(asker.actor, app_id)
    versions = (await queries.versions_of(asker.actor, [app.id]))[app.id]
    bound = agreements.bound(app, (await queries.signatures_of(asker.actor, [app.id]))[app.id])
    return await about_app(
        request, "developer_app", asker, app,
        stops=stops(app, versions, bound), versions=versions, version_states=VERSION_STATES,
        stored_mib=queries.bytes_of(versions) / MIB,
    )  # fmt: skip


@get(f"{APPS}/{{app_id:str}}/mgopSchema.json")
async def mgop_schema(request: AnyRequest, app_id: str) -> Response[bytes]:
    """Hand out the APIs of the newest version as the generator of clients of the old gateway reads them."""
    asker = await builder(request, Scope.APPS_READ)
    app = await queries.own_app(asker.actor, app_id)
    newest = (await queries.versions_of(asker.actor, [app.id]))[app.id][:1]
    if not newest:
        raise AppNotFound(app=app_id)
    made = msgspec.json.decode(newest[0].manifest, type=Manifest)
    told = gateway.catalogue_of(newest[0].id, made)
    return Response(told.body, media_type="application/json", headers=DOWNLOADED)


ROUTES: list[ControllerRouterHandler] = [list_, one, mgop_schema]
