"""One screen of how everything does: what waits for operators, what is being released, what errs."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from litestar import Response, get
from litestar.types import ControllerRouterHandler

from api.http.errors import AnyRequest
from api.web import noticed
from api.web.operator import tiles
from api.web.operator.place import HOME, curator, here
from api.web.words import STAGES
from miniapps.catalog import queries as catalog
from miniapps.insight import queries as insight
from miniapps.insight.rules.counting import What
from miniapps.release import queries as release
from miniapps.release.queries import Held
from miniapps.review import queries as review
from miniapps.shelf import queries as shelf
from storage.clock import local_date

DAYS: Final = 30  # over which decisions are measured
HOURS: Final = 24
DAY: Final = timedelta(days=1)


@get(HOME)
async def home(request: AnyRequest) -> Response[bytes]:
    """Show the screen."""
    asker = await curator(request)
    now, actor = asker.now, asker.actor
    figures = await review.figures(days=DAYS, now=now, today=local_date(now))
    health = await release.health(actor, now=now)
    hours = tiles.by_hour(await insight.course(actor, since=now - DAY, until=now), now=now, hours=HOURS)
    found = (await insight.problems(actor, first=10, after=None)).rows
    lately = [row for row in found if row.last_seen_at >= now - DAY]
    return here(
        request, "home", asker, figures=figures, health=health, days=DAYS, hours=HOURS, span=tiles.length,
        waits=await shelf.pending(actor), pictures={**tiles.pictures(figures), **tiles.use(hours)},
        sums=tiles.sums(hours), lately=[(row, noticed.word(row), noticed.told(row)) for row in lately],
        names=await catalog.names([*(row.app_id for row in lately), *(each.app_id for each in health.apps)]),
        moving=[_standing(*each) for each in health.releases], stages=STAGES,
        halted=[_standing(*each) for each in health.halted], what=What,
    )  # fmt: skip


def _standing(held: Held, numbers: Mapping[UUID, str]) -> Mapping[str, Any]:
    now = held.standing
    return {
        "app": held.app, "stage": STAGES[now.stage], "changed_at": held.row.changed_at,
        "candidate": numbers.get(now.candidate, "") if now.candidate else "",
        "stable": numbers.get(now.stable, "") if now.stable else "",
        "percent": now.percent, "picture": tiles.reach(now),
    }  # fmt: skip


ROUTES: list[ControllerRouterHandler] = [home]
