"""Sending a version back: reasons one below the other, each with its rule, evidence and picture."""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from litestar import Response, get, post
from litestar.types import ControllerRouterHandler

from api.http.asking import Asker
from api.http.errors import AnyRequest
from api.pages.forms import Form
from api.pages.words import Problem
from api.web.findings import words_for
from api.web.mistakes import Typed, mistake
from api.web.operator.deciding import done, was_decided
from api.web.operator.place import REVIEWS, curator, filled, here
from api.web.operator.reviews import ONE
from banshi import gate
from banshi.errors import DomainError
from banshi.findings import Finding
from miniapps.review import queries, service
from miniapps.review.errors import ReasonsNeeded, ReviewNotFound
from miniapps.review.rules import BY_PEOPLE, LONGEST, MOST_REASONS, SHORTEST, Reason, ReviewState

FIELDS: Final = ("rule", "problem", "evidence", "shot")
WRONG: Final[Mapping[str, str]] = {
    "rule": "请选择一条规则",
    "problem": f"请写明问题，{SHORTEST} 到 {LONGEST} 个字",
    "evidence": f"请写明在哪里、怎样能看到，{SHORTEST} 到 {LONGEST} 个字",
    "shot": "请选择这个版本的截图",
}


@get(f"{ONE}/refuse")
async def form(request: AnyRequest, review_id: UUID) -> Response[bytes]:
    """Show the form, begun with a finding of the machine where one is named."""
    asker = await curator(request)
    row = await queries.one(asker.actor, review_id)
    look = (await queries.looks_of(asker.actor, [row.version_id])).get(row.version_id)
    found = queries.findings(look) if look else []
    named = request.query_params.get("finding", "")
    at = int(named) if named.isascii() and named.isdigit() and len(named) < 5 else len(found)
    begin = _begun(found[at]) if at < len(found) else {}
    return await _page(request, asker, review_id, begin=begin)


@post(f"{ONE}/refuse", status_code=200)
async def refuse(request: AnyRequest, review_id: UUID) -> Response[bytes]:
    """Send it back, or give room for one more reason."""
    form, asker = await filled(request)
    if form.get("more"):
        return await _page(request, asker, review_id, kept=form, count=_count(form) + 1)
    places = [at for at in range(_count(form)) if any(form.get(f"{name}-{at}") for name in FIELDS)]
    try:
        await service.refuse(asker.actor, review_id, _reasons(form, places), now=asker.now)
    except ReviewNotFound:
        raise
    except DomainError as refusal:
        if await was_decided(asker, review_id, refusal, ReviewState.REFUSED):
            return done(review_id, "refused")
        return await _page(request, asker, review_id, refusal=refusal, kept=form, places=places)
    return done(review_id, "refused")


async def _page(
    request: AnyRequest, asker: Asker, review_id: UUID, *, refusal: DomainError | None = None,
    kept: Form | None = None, count: int = 0, places: Sequence[int] = (),
    begin: Mapping[str, str] | None = None,
) -> Response[bytes]:  # fmt: skip
    row = await queries.one(asker.actor, review_id)
    shots = sorted(await queries.pictures(asker.actor, row.version_id))
    told = mistake(request, asker, refusal, kept)
    told["kept"] = Typed(kept, **(begin or {}))
    if isinstance(refusal, ReasonsNeeded):
        told["problem"] = _problem(refusal, places)
    count = min(count or (_count(kept) if kept else 1), MOST_REASONS)
    return here(
        request, "refuse", asker, address=f"{REVIEWS}/{review_id}/refuse", row=row, count=count,
        most=MOST_REASONS, by_people=BY_PEOPLE,
        shots=[("", "不附截图"), *((name, name) for name in shots)] if shots else [],
        by_machine={rule: words_for(rule).title for rule in gate.RULES},
        beside=[f"{name}-{at}" for at in range(count) for name in FIELDS], longest=LONGEST, **told,
    )  # fmt: skip


def _count(form: Form) -> int:
    text = form.get("count")
    return min(int(text), MOST_REASONS) if text.isascii() and text.isdigit() and len(text) < 5 else 1


def _reasons(form: Form, places: Sequence[int]) -> list[Reason]:
    return [Reason(**{name: form.get(f"{name}-{at}") for name in FIELDS}) for at in places]


def _begun(finding: Finding) -> Mapping[str, str]:
    where = f"{finding.file}:{finding.line}" if finding.line else finding.file or "整个应用包"
    seen = f"，{finding.selector}" if finding.selector else ""
    return {
        "rule-0": finding.rule, "problem-0": finding.problem[:LONGEST],
        "evidence-0": f"{where}{seen}"[:LONGEST], "shot-0": finding.shot,
    }  # fmt: skip


def _problem(refusal: ReasonsNeeded, places: Sequence[int]) -> Problem:
    """Return beside which field of which reason something is wrong."""
    if not places:
        return Problem("rule-0", WRONG["rule"])
    name = str(refusal.data["problem"]).partition(":")[0]
    at = places[int(str(refusal.data["at"]))]
    return Problem(f"{name}-{at}", WRONG.get(name, "请检查这条理由"))


ROUTES: list[ControllerRouterHandler] = [form, refuse]
