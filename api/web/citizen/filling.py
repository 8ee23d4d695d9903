"""The form of an application, and where and how its result is to come."""

from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.types import ControllerRouterHandler

from api.http.asking import Asker
from api.http.errors import AnyRequest
from api.pages.forms import Form
from api.web import places
from api.web.citizen import draft, sayings, typed, words
from api.web.citizen.draft import Draft
from api.web.citizen.place import citizen, filled, onward, shown
from banshi.errors import DomainError

PATH: Final = "/cases/{case_id:uuid}/form"


@get(PATH)
async def form_page(request: AnyRequest, case_id: UUID) -> Response[bytes]:
    """Show what is asked for.  Raises: CaseNotFound."""
    asker = await citizen(request)
    found = await draft.find(request, asker, case_id)
    return await _page(request, asker, found) if found else draft.over(case_id)


@post(PATH, status_code=200)
async def fill(request: AnyRequest, case_id: UUID) -> Response[bytes]:
    """Keep what was filled in, complete or not; go on when nothing is wrong with it."""
    form, asker = await filled(request)
    found = await draft.find(request, asker, case_id)
    if found is None:
        return onward(request, f"/cases/{case_id}")
    change: dict[str, Any] = {"form": typed.read(found.fields, form, typed.FIELD)}
    if form.get("region"):
        change["region"] = form.get("region")
    if form.get("delivery") in words.DELIVERY:
        change["delivery"] = form.get("delivery")
    try:
        found = await draft.edit(request, asker, case_id, **change) or found
    except DomainError as refusal:
        wrong = sayings.refused(request, refusal, now=asker.now)
        return await _page(request, asker, found, form, **wrong)
    problems = found.problems(found.fields)
    if problems:
        return await _page(request, asker, found, form, problems=problems, status=422)
    return onward(request, f"/cases/{case_id}/materials")


async def _page(
    request: AnyRequest, asker: Asker, found: Draft, form: Form | None = None, *, problem: str = "",
    problems: dict[str, str] | None = None, **values: Any,
) -> Response[bytes]:  # fmt: skip
    shown_values = found.values
    if form is not None:
        shown_values = {part["id"]: form.get(f"{typed.FIELD}{part['id']}") for part in found.fields}
    return await shown(
        request, "form", asker, case=found.case, fields=found.fields, given=shown_values, typed=typed,
        problem=problem, problems=problems or {}, regions=places.groups(),
        region=(form and form.get("region")) or found.case["region"],
        delivery=(form and form.get("delivery")) or found.case["delivery"],
        ways=[(way, word) for way, word in words.DELIVERY.items() if way.lower() in found.item["delivery"]],
        address=f"/cases/{found.case['id']}/form", **values,
    )  # fmt: skip


ROUTES: list[ControllerRouterHandler] = [form_page, fill]
