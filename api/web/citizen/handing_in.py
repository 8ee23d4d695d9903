"""Looking everything over, and handing it in: once, however often the form is sent."""

from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.types import ControllerRouterHandler

from api.graphql.documents import named
from api.http.asking import Asker
from api.http.errors import AnyRequest
from api.web.citizen import draft, sayings, typed, words
from api.web.citizen.asking import ask
from api.web.citizen.draft import Draft
from api.web.citizen.place import citizen, filled, onward, shown
from banshi.errors import DomainError
from identity import regions

SUBMIT: Final = named("submit_case")
PATH: Final = "/cases/{case_id:uuid}/review"


@get(PATH)
async def review(request: AnyRequest, case_id: UUID) -> Response[bytes]:
    """Show all of it.  Raises: CaseNotFound."""
    asker = await citizen(request)
    found = await draft.find(request, asker, case_id)
    return await _page(request, asker, found) if found else draft.over(case_id)


@post(PATH, status_code=200)
async def submit(request: AnyRequest, case_id: UUID) -> Response[bytes]:
    """Hand it in; the key is the case's own, so a retry finds it handed in."""
    _, asker = await filled(request)
    try:
        await ask(request, asker, SUBMIT, id=str(case_id), key=f"page submit {case_id}")
    except DomainError as refusal:
        found = await draft.find(request, asker, case_id)
        if found is None:
            return onward(request, f"/cases/{case_id}")
        return await _page(request, asker, found, **sayings.refused(request, refusal, now=asker.now))
    return onward(request, f"/cases/{case_id}?done=submitted")


async def _page(
    request: AnyRequest, asker: Asker, found: Draft, *, problem: str = "", **values: Any
) -> Response[bytes]:
    kept = found.case["filledIn"]
    ways = {each["kind"]: each["way"] if each["settled"] else "" for each in found.prepared["materials"]}
    ways |= {kind: way for kind, way in found.choices.items() if not ways.get(kind)}
    ways = {kind: words.WAYS.get(way, "不提交") for kind, way in ways.items()}
    is_ready = not found.prepared["problems"] and not found.unsettled
    return await shown(
        request, "review", asker, case=found.case, item=found.item, problem=problem, words=words,
        answers=typed.told(found.item["questions"], kept["answers"]),
        form=typed.told(found.item["fields"], kept["form"]),
        materials=[(each, ways[each["kind"]]) for each in found.prepared["materials"]],
        region_name=regions.full_name(found.case["region"]), is_ready=is_ready,
        address=f"/cases/{found.case['id']}/review", **values,
    )  # fmt: skip


ROUTES: list[ControllerRouterHandler] = [review, submit]
