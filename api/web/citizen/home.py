"""The first page: search, what is offered here, and what one is in the middle of."""

from collections.abc import Mapping
from typing import Any, Final

from litestar import Response, get
from litestar.types import ControllerRouterHandler

from api.graphql.documents import named
from api.http.asking import Asker
from api.http.errors import AnyRequest
from api.pages.manner import is_elder
from api.web import places
from api.web.citizen import words
from api.web.citizen.asking import Data, ask
from api.web.citizen.place import HOME, anybody, is_own, reader_of, region_of, shown
from banshi.scopes import Scope
from identity import regions

FRONT: Final = named("shelf")
OWN: Final = named("home")
OFFERS: Final = named("search")
UNREAD: Final = named("unread")
ITEMS, APPS = 6, 6
OWN_SCOPES: Final = (Scope.PROFILE_READ, Scope.CASES_READ, Scope.NOTICES_READ)


@get(HOME)
async def home(request: AnyRequest) -> Response[bytes]:
    """Show it: two documents for a visitor, three for a citizen."""
    asker = await anybody(request)
    region = region_of(request, asker)
    visitor = reader_of(asker)
    front = await ask(request, visitor, FRONT, **reader(request, asker, region), first=APPS)
    offers = await ask(request, visitor, OFFERS, region=region, first=ITEMS)
    return await shown(
        request, "home", asker, shelf=front["shelf"], apps=_apps(front), states=words.STATES,
        items=[edge["node"] for edge in offers["items"]["edges"]], trips=words.trips,
        mine=await _own(request, asker, region), region=region, region_name=regions.full_name(region),
        regions=places.groups(),
    )  # fmt: skip


def reader(request: AnyRequest, asker: Asker, region: str) -> Mapping[str, Any]:
    """Return for whom the shelf is laid out."""
    age = "ELDER" if is_elder(request) else "MINOR" if asker.actor.is_minor else "ADULT"
    return {"region": region, "level": asker.actor.level or 3, "ageGroup": age}


def _apps(front: Data) -> list[Data]:
    """Return the mini-apps to show: those in the slots first, each once."""
    featured = [slot["app"] for slot in front["shelf"]["featured"]]
    found = {
        app["appId"]: app for app in (*featured, *(edge["node"] for edge in front["shelfApps"]["edges"]))
    }
    return list(found.values())[:APPS]


async def _own(request: AnyRequest, asker: Asker, region: str) -> Data | None:
    """Return what is the citizen's own; None for a visitor, and for who may not see it."""
    if not is_own(asker) or not all(asker.actor.may(scope) for scope in OWN_SCOPES):
        return None
    own = await ask(request, asker, OWN, region=region, target="PERSON", elder=is_elder(request))
    return {**own, **await ask(request, asker, UNREAD)}


ROUTES: list[ControllerRouterHandler] = [home]
