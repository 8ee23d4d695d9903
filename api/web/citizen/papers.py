"""The papers of an application: what is held already, and how the rest is to come."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.types import ControllerRouterHandler

from api.http.asking import Asker
from api.http.errors import AnyRequest
from api.pages.drawing import Reach
from api.pages.forms import Form
from api.web.citizen import draft, sayings, words
from api.web.citizen.draft import Draft
from api.web.citizen.place import citizen, filled, onward, shown
from banshi.errors import DomainError
from storage import objects

PATH: Final = "/cases/{case_id:uuid}/materials"
CHOSEN: Final = frozenset({"COMMITMENT", "TOLERATED", "UPLOAD", "PAPER"})
WAY, PROMISE = "way-", "promise-"  # before the kind, in the name of the field


@get(PATH)
async def papers(request: AnyRequest, case_id: UUID) -> Response[bytes]:
    """Show how each paper stands.  Raises: CaseNotFound."""
    asker = await citizen(request)
    found = await draft.find(request, asker, case_id)
    return await _page(request, asker, found) if found else draft.over(case_id)


@post(PATH, status_code=200)
async def choose(request: AnyRequest, case_id: UUID) -> Response[bytes]:
    """Keep how the citizen wants to satisfy each; go on when nothing is left open."""
    form, asker = await filled(request)
    found = await draft.find(request, asker, case_id)
    if found is None:
        return onward(request, f"/cases/{case_id}")
    try:
        found = await draft.edit(request, asker, case_id, choices=_choices(found, form)) or found
    except DomainError as refusal:
        return await _page(request, asker, found, **sayings.refused(request, refusal, now=asker.now))
    problems = _problems(found, form)
    if problems:
        return await _page(request, asker, found, problems=problems, status=422)
    return onward(request, f"/cases/{case_id}/review")


def _choices(found: Draft, form: Form) -> list[dict[str, str]]:
    """Return what was chosen of the ways that are open; a promise only when its words were agreed to."""
    chosen = {each["kind"]: (form.get(f"{WAY}{each['kind']}"), each) for each in found.prepared["materials"]}
    return [
        {"kind": kind, "way": way}
        for kind, (way, each) in chosen.items()
        if way in CHOSEN and way in each["ways"] and (way != "COMMITMENT" or form.get(f"{PROMISE}{kind}"))
    ]


def _problems(found: Draft, form: Form) -> Mapping[str, str]:
    said = {}
    for kind in found.unsettled:
        wanted = form.get(f"{WAY}{kind}")
        unpromised = wanted == "COMMITMENT"
        said[kind] = (
            "用承诺代替，需要您勾选同意承诺书。" if unpromised else "请上传这份材料，或者选另一种办法。"
        )
    return said


async def _page(
    request: AnyRequest, asker: Asker, found: Draft, *, problem: str = "",
    problems: Mapping[str, str] | None = None, **values: Any,
) -> Response[bytes]:  # fmt: skip
    asks = {each["kind"]: each for each in found.item["materials"]}
    return await shown(
        request, "papers", asker, case=found.case, materials=found.prepared["materials"], asks=asks,
        barred=found.prepared["barred"], chosen=found.choices, words=words, problem=problem,
        problems=problems or {}, reach=Reach([objects.public_origin()]),
        address=f"/cases/{found.case['id']}/materials", **values,
    )  # fmt: skip


ROUTES: list[ControllerRouterHandler] = [papers, choose]
