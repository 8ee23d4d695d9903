"""What citizens give a mini-app, and what they write beside it."""

from typing import Final

from litestar import Response, get
from litestar.types import ControllerRouterHandler

from api.http.errors import AnyRequest
from api.pages.local import with_query
from api.pages.signed_in import place
from api.web import charts
from api.web.developer.place import APPS, about_app, builder
from banshi.scopes import Scope
from miniapps.catalog import queries as catalog
from miniapps.shelf import queries
from miniapps.shelf.rules import LEAST, STARS

ONE: Final = f"{APPS}/{{app_id:str}}/ratings"
PAGE: Final = 20


@get(ONE)
async def one(request: AnyRequest, app_id: str) -> Response[bytes]:
    """Show the stars of a mini-app and the words that everybody reads."""
    asker = await builder(request, Scope.APPS_READ)
    app = await catalog.own_app(asker.actor, app_id)
    score = await queries.score(asker.actor, app_id)
    said = await queries.comments(asker.actor, app_id, first=PAGE, after=place(request))
    address = f"{APPS}/{app_id}/ratings"
    bars = [
        (stars, count, charts.share(count / max(1, score.rated), f"{stars} 星 {count} 次"))
        for stars in reversed(STARS)
        for count in [score.counts[stars]]
    ]
    return await about_app(
        request, "developer_ratings", asker, app, score=score, bars=bars, least=LEAST, comments=said.rows,
        older=with_query(address, after=str(said.rows[-1].id)) if said.more else "",
    )  # fmt: skip


ROUTES: list[ControllerRouterHandler] = [one]
