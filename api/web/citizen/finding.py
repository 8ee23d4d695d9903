"""Finding items and mini-apps: by words, by a time of life, by category."""

from typing import Final

from litestar import Response, get
from litestar.types import ControllerRouterHandler

from api.graphql.documents import named
from api.http.asking import Asker
from api.http.errors import AnyRequest
from api.web.citizen import words
from api.web.citizen.asking import Data, ask
from api.web.citizen.home import FRONT, OFFERS, reader
from api.web.citizen.place import FIND, PAGE, anybody, reader_of, region_of, shown
from identity import regions

FOUND: Final = named("find")
WORDS = 60  # characters of a search
SUGGESTED = 5


@get(FIND)
async def find(request: AnyRequest) -> Response[bytes]:
    """Show what is found; without words or choice, what there is to choose from."""
    here = await anybody(request)
    asker = reader_of(here)
    region, given = region_of(request, asker), request.query_params
    text = given.get("q", "").strip()[:WORDS]
    event, category = given.get("event") or None, given.get("category") or None
    front = await ask(
        request,
        asker,
        FRONT,
        **reader(request, asker, region),
        lifeEvent=event,
        category=category,
        first=PAGE,
    )
    shelf = front["shelf"]
    topics: list[str] = next((each["topics"] for each in shelf["lifeEvents"] if each["code"] == event), [])
    found: Data = {"apps": front["shelfApps"], "items": {"edges": []}}
    if text:
        who = reader(request, asker, region)
        both = await ask(request, asker, FOUND, search=text, **who, first=PAGE)
        found = {"apps": both["findApps"], "items": both["findItems"]}
    elif topics:
        lists = [
            await ask(request, asker, OFFERS, region=region, lifeEvent=topic, first=PAGE) for topic in topics
        ]
        found["items"] = {"edges": [edge for each in lists for edge in each["items"]["edges"]]}
    items = {edge["node"]["code"]: edge["node"] for edge in found["items"]["edges"]}
    apps = [edge["node"] for edge in found["apps"]["edges"]] if text or event or category else []
    return await shown(
        request, "find", here, text=text, event=event, category=category, shelf=shelf,
        items=list(items.values()), apps=apps, trips=words.trips, region_name=regions.full_name(region),
        suggested=[] if items or apps else await _suggested(request, asker, region),
    )  # fmt: skip


async def _suggested(request: AnyRequest, asker: Asker, region: str) -> list[Data]:
    """Return a few items that are offered here, for who found nothing."""
    offers = await ask(request, asker, OFFERS, region=region, first=SUGGESTED)
    return [edge["node"] for edge in offers["items"]["edges"]]


ROUTES: list[ControllerRouterHandler] = [find]
