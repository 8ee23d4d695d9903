"""Reviews: what waits and what was decided, and one of them with all that is to be known of it."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

from litestar import Response, get
from litestar.types import ControllerRouterHandler

from api.http.asking import Asker
from api.http.errors import AnyRequest
from api.pages.forms import Form
from api.pages.local import with_query
from api.pages.signed_in import place
from api.web import manifests
from api.web.agreed import signed
from api.web.findings import words_for
from api.web.gate_words import RuleWords
from api.web.mistakes import mistake
from api.web.operator import tiles
from api.web.operator.place import PAGE, REVIEWS, curator, here
from api.web.pictures import picture
from api.web.words import FINDINGS, LANES, LOOK_STATES, REVIEW_STATES, VERSION_STATES
from banshi.errors import DomainError
from banshi.findings import Finding
from miniapps.catalog import queries as catalog
from miniapps.catalog.rules import VersionState
from miniapps.catalog.tables import MiniApp, MiniAppVersion
from miniapps.review import queries
from miniapps.review.queries import OPEN
from miniapps.review.rules import Lane
from miniapps.review.tables import AppLook, AppReview
from storage.clock import local_date

ONE: Final = f"{REVIEWS}/{{review_id:uuid}}"
SHOTS: Final = "/operator/versions/{version_id:uuid}/shots/{name:str}"
KINDS: Final = (("", "等待审核"), ("emergency", "应急通道"), ("mine", "我领取的"), ("past", "已审完"))


@get(REVIEWS)
async def list_(request: AnyRequest) -> Response[bytes]:
    """Show what waits, or of it what is urgent or one's own, or what was decided."""
    asker = await curator(request)
    kind, after = request.query_params.get("kind", ""), place(request)
    if kind == "past":
        page = await queries.past(asker.actor, first=PAGE, after=after)
    else:
        lane = Lane.EMERGENCY if kind == "emergency" else None
        page = await queries.queue(asker.actor, lane=lane, mine=kind == "mine", first=PAGE, after=after)
    today = local_date(asker.now)
    return here(
        request, "reviews", asker, kind=kind, kinds=KINDS, today=today,
        rows=[(row, told(row, asker, today)) for row in page.rows],
        older=with_query(REVIEWS, kind=kind, after=str(page.rows[-1].id)) if page.more else "",
        figures=await queries.figures(days=30, now=asker.now, today=today), span=tiles.length,
    )  # fmt: skip


@get(ONE)
async def one(request: AnyRequest, review_id: UUID) -> Response[bytes]:
    """Show one review."""
    asker = await curator(request)
    return await review_page(request, asker, review_id)


@get(SHOTS)
async def shot(request: AnyRequest, version_id: UUID, name: str) -> Response[bytes]:
    """Hand out a picture of a version."""
    return await picture(await curator(request), version_id, name)


async def review_page(
    request: AnyRequest, asker: Asker, review_id: UUID, *,
    refusal: DomainError | None = None, kept: Form | None = None,
) -> Response[bytes]:  # fmt: skip
    """Return the page of one review.  Raises: ReviewNotFound."""
    actor = asker.actor
    row = await queries.one(actor, review_id)
    version = await catalog.version(actor, row.version_id)
    app = await catalog.app_of(actor, version)
    look = (await queries.looks_of(actor, [version.id])).get(version.id)
    note = (await queries.notes_of(actor, [version.id])).get(version.id)
    rounds = (await queries.reviews_of(actor, [version.id]))[version.id]
    made, before = manifests.of(version), await _approved_before(asker, app, version)
    today = local_date(asker.now)
    return here(
        request, "review", asker, address=f"{REVIEWS}/{review_id}", row=row, version=version, app=app,
        state=told(row, asker, today), made=made, facts=manifests.facts(made), scopes=manifests.SCOPES,
        look=look, look_states=LOOK_STATES, shots=queries.shots(look) if look else [],
        evidence=[name for each in rounds for name in queries.evidence(each)],
        findings=_findings(look), severities=FINDINGS, note=note, before=before,
        agreed=signed((await catalog.signatures_of(actor, [app.id]))[app.id], version),
        changes=manifests.difference(manifests.of(before), made) if before else [],
        version_state=VERSION_STATES[version.state],
        rounds=[(each, told(each, asker, today), reasons(each)) for each in rounds],
        **mistake(request, asker, refusal, kept),
    )  # fmt: skip


def told(row: AppReview, asker: Asker, today: date) -> Mapping[str, Any]:
    """Return how a review stands for who looks."""
    is_open = row.state in OPEN
    is_held = is_open and row.claimed_by is not None and row.claimed_until > asker.now
    is_mine = is_open and row.claimed_by == asker.actor.person_id
    return {
        "called": REVIEW_STATES[row.state], "lane": LANES[row.lane],
        "is_emergency": row.lane == Lane.EMERGENCY,
        "is_open": is_open, "is_mine": is_mine, "is_others": is_held and not is_mine,
        "is_overdue": is_open and row.due_on < today,
    }  # fmt: skip


def reasons(row: AppReview) -> list[Mapping[str, str]]:
    """Return why a review refused, each reason with what its rule asks."""
    return [
        {"title": words_for(each.rule).title, "rule": each.rule, "problem": each.problem,
         "evidence": each.evidence, "shot": each.shot}
        for each in queries.reasons(row)
    ]  # fmt: skip


def _findings(look: AppLook | None) -> list[tuple[int, Finding, RuleWords]]:
    found = queries.findings(look) if look else []
    return [(at, each, words_for(each.rule)) for at, each in enumerate(found)]


async def _approved_before(asker: Asker, app: MiniApp, version: MiniAppVersion) -> MiniAppVersion | None:
    rows = (await catalog.versions_of(asker.actor, [app.id]))[app.id]
    earlier = (row for row in rows if row.state == VersionState.APPROVED and row.id < version.id)
    return next(earlier, None)


ROUTES: list[ControllerRouterHandler] = [list_, one, shot]
