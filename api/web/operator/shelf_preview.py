"""The shelf as some citizen sees it: of an age, a level and a region, and nobody's name."""

from collections.abc import Container
from datetime import datetime
from typing import Final

from litestar import Response, get
from litestar.types import ControllerRouterHandler

from api.http.errors import AnyRequest
from api.web import places
from api.web.operator.names import AGES, AREAS
from api.web.operator.place import PAGE, SHELF, curator, here
from api.web.operator.shelf_draft import typed
from identity import regions
from miniapps.shelf import queries
from miniapps.shelf.rules import AgeGroup
from storage.clock import SHANGHAI

PREVIEW: Final = f"{SHELF}/preview"
LEVELS: Final = (("0", "没有登录"), ("1", "一级"), ("2", "二级"), ("3", "三级"))


@get(PREVIEW)
async def preview(request: AnyRequest) -> Response[bytes]:
    """Show the draft, or what is in force, as such a citizen would see it."""
    asker, given = await curator(request), request.query_params
    region = _one_of(given.get("region", ""), regions.shipped(), regions.PROVINCE)
    level = _one_of(given.get("level", ""), dict(LEVELS), "3")
    age = AgeGroup(_one_of(given.get("age", ""), list(AgeGroup), AgeGroup.ADULT))
    at, is_draft = _moment(given.get("at", ""), asker.now), given.get("of", "draft") == "draft"
    category, event = given.get("category", ""), given.get("event", "")
    who = queries.reader(region, level=int(level), age=age)
    apps = await queries.preview_apps(
        asker.actor, who, draft=is_draft, category=category or None, life_event=event or None,
        first=PAGE * 5, after=None,
    )  # fmt: skip
    view = await queries.preview(asker.actor, who, at=at, draft=is_draft)
    return here(
        request, "shelf_preview", asker, back=SHELF, view=view, apps=apps.rows, more=apps.more, level=level,
        age=age, region=region, at=typed(at), of="draft" if is_draft else "force", category=category,
        event=event, levels=LEVELS, all_ages=AGES.items(), regions=places.groups(), areas=AREAS,
        called=regions.full_name(region),
        of_choices=(("draft", "草稿"), ("force", "群众现在看到的")),
        categories=[("", "全部"), *((each.code, each.name) for each in view.categories)],
        events=[("", "全部"), *((each.code, each.name) for each in view.life_events)],
    )  # fmt: skip


def _one_of(text: str, known: Container[str], instead: str) -> str:
    return text if text in known else instead


def _moment(text: str, now: datetime) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)
    except ValueError:
        return now


ROUTES: list[ControllerRouterHandler] = [preview]
