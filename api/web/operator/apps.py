"""Mini-apps: found by name or id, and one of them with its versions, its release and how it does."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from litestar import Response, get
from litestar.types import ControllerRouterHandler

from api.http.asking import Asker
from api.http.errors import AnyRequest
from api.pages.forms import Form
from api.pages.local import with_query
from api.pages.signed_in import place
from api.web import noticed, places
from api.web.agreed import signed
from api.web.mistakes import mistake
from api.web.operator import tiles
from api.web.operator.names import KINDS
from api.web.operator.place import APPS, PAGE, curator, here
from api.web.stepping import did, fallbacks
from api.web.words import APP_STATES, STAGES, STEPS, VERSION_STATES
from banshi.errors import DomainError
from identity.actor import WORKER
from miniapps.catalog import queries as catalog
from miniapps.catalog.rules import AppState, VersionState
from miniapps.catalog.tables import MiniAppVersion
from miniapps.gateway import service as gateway
from miniapps.insight import queries as insight
from miniapps.insight.rules.counting import What
from miniapps.insight.tables import AppProblem
from miniapps.release import queries as release
from miniapps.release.queries import Held
from miniapps.release.tables import ReleaseStep
from miniapps.review import queries as review
from storage.ids import new_id

ONE: Final = f"{APPS}/{{app_id:str}}"
LONGEST_WORDS: Final = 60
HOURS: Final = 24
DAY: Final = timedelta(days=1)


@get(APPS)
async def list_(request: AnyRequest) -> Response[bytes]:
    """Show mini-apps, all or those that fit what is looked for."""
    asker = await curator(request)
    words = request.query_params.get("words", "").strip()[:LONGEST_WORDS]
    named = request.query_params.get("state", "")
    state = AppState(named) if named in list(AppState) else None
    page = await catalog.apps(asker.actor, first=PAGE, after=place(request), words=words, state=state)
    versions = await catalog.versions_of(asker.actor, [row.id for row in page.rows])
    older = with_query(APPS, words=words, state=state, after=str(page.rows[-1].id)) if page.more else ""
    return here(
        request, "apps", asker, words=words, state=state or "", states=APP_STATES, older=older,
        rows=[(row, versions[row.id][:1]) for row in page.rows], version_states=VERSION_STATES,
        choices=[("", "全部"), *((each, called.word) for each, called in APP_STATES.items())],
    )  # fmt: skip


@get(ONE)
async def one(request: AnyRequest, app_id: str) -> Response[bytes]:
    """Show one mini-app."""
    return await app_page(request, await curator(request), app_id)


async def app_page(
    request: AnyRequest, asker: Asker, app_id: str, *,
    refusal: DomainError | None = None, kept: Form | None = None,
) -> Response[bytes]:  # fmt: skip
    """Return the page of one mini-app.  Raises: AppNotFound."""
    actor, now = asker.actor, asker.now
    held = await release.release(actor, app_id)
    versions = (await catalog.versions_of(actor, [held.app.id]))[held.app.id]
    numbers = {row.id: row.version for row in versions}
    page = await release.steps(actor, app_id, first=PAGE, after=place(request))
    stable = numbers.get(held.app.released_id)
    points = await insight.points(actor, app_id, since=now - DAY, until=now)
    hours = tiles.by_hour(tiles.in_hours(points), now=now, hours=HOURS)
    return here(
        request, "app", asker, address=f"{APPS}/{app_id}", app=held.app, state=APP_STATES[held.app.state],
        standing=_standing(held, numbers), versions=await _versions(asker, versions, held),
        version_states=VERSION_STATES, approved=_choices(versions, held), kinds=KINDS,
        stops=await release.stops_of(held.app, stable),
        steps=[(row, STEPS[row.kind], _by(row, asker), _reach(row)) for row in page.rows], numbers=numbers,
        older=with_query(f"{APPS}/{app_id}", after=str(page.rows[-1].id)) if page.more else "",
        regions=places.groups(), pictures=tiles.use(hours), sums=tiles.sums(hours), hours=HOURS, what=What,
        agreed=signed((await catalog.signatures_of(actor, [held.app.id]))[held.app.id], held.app),
        noticed=await _noticed(asker, app_id), key=str(new_id()), quota=await gateway.quota(actor, app_id),
        back_to=[(each, each) for each in fallbacks(versions, held.standing)],
        **mistake(request, asker, refusal, kept, reach="testers"),
    )  # fmt: skip


def _standing(held: Held, numbers: Mapping[UUID, str]) -> Mapping[str, Any]:
    now = held.standing
    return {
        "stage": STAGES[now.stage], "changed_at": held.row.changed_at,
        "stable": numbers.get(now.stable, "") if now.stable else "",
        "candidate": numbers.get(now.candidate, "") if now.candidate else "", "percent": now.percent,
        "regions": places.named(now.regions), "picture": tiles.reach(now),
    }  # fmt: skip


async def _versions(
    asker: Asker, rows: Sequence[MiniAppVersion], held: Held
) -> list[tuple[MiniAppVersion, UUID | None, bool]]:
    """Return each version with its last review, and whether it is switched off."""
    reviews = await review.reviews_of(asker.actor, [row.id for row in rows])
    killed = held.standing.killed
    return [(row, reviews[row.id][-1].id if reviews[row.id] else None, row.id in killed) for row in rows]


def _choices(rows: Sequence[MiniAppVersion], held: Held) -> list[tuple[str, str]]:
    """Return the versions that may be promoted, the one on trial first."""
    now = held.standing
    not_so = {now.stable, *now.killed}
    may = [row for row in rows if row.state == VersionState.APPROVED and row.id not in not_so]
    return [(row.version, row.version) for row in sorted(may, key=lambda row: bool(row.id != now.candidate))]


def _by(row: ReleaseStep, asker: Asker) -> str:
    if row.person_id == asker.actor.person_id:
        return "您"
    return "平台自动" if row.person_id == WORKER.person_id else "其他人员"


def _reach(row: ReleaseStep) -> str:
    if row.percent or row.regions:
        parts = [f"{row.percent}% 的人"] if row.percent else []
        return "，".join([*parts, *([places.named(row.regions)] if row.regions else [])])
    return did(row)


async def _noticed(asker: Asker, app_id: str) -> list[tuple[AppProblem, str, str]]:
    page = await insight.problems(asker.actor, app_id, first=5, after=None)
    return [(row, noticed.word(row), noticed.told(row)) for row in page.rows]


ROUTES: list[ControllerRouterHandler] = [list_, one]
