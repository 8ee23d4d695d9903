"""Beginning an application: the questions that decide what it needs (情形), and then a draft of one's own."""

from typing import Any, Final

from litestar import Response, get, post
from litestar.types import ControllerRouterHandler

from api.graphql.documents import named
from api.http.asking import Asker
from api.http.errors import AnyRequest
from api.pages.forms import Form
from api.web.citizen import sayings, typed
from api.web.citizen.asking import Data, ask
from api.web.citizen.guide import GUIDE
from api.web.citizen.place import citizen, filled, onward, region_of, shown
from banshi.errors import DomainError
from identity import regions
from storage.ids import new_id

MINE: Final = named("cases")
PREPARING: Final = named("preparing")
START: Final = named("start_case")
EDIT: Final = named("edit_case")
PATH: Final = "/apply/{code:str}"


@get(PATH)
async def begin(request: AnyRequest, code: str) -> Response[bytes]:
    """Show the questions, and what was begun before.  Raises: ItemNotFound."""
    asker = await citizen(request)
    return await _page(request, asker, code)


@post(PATH, status_code=200)
async def answer(request: AnyRequest, code: str) -> Response[bytes]:
    """Open a draft with the answers, once for each key; what does not fit is told beside its question."""
    form, asker = await filled(request)
    item = await _item(request, asker, code)
    answers = typed.read(item["questions"], form, typed.QUESTION)
    found = (await ask(request, asker, PREPARING, code=code, answers=answers))["preparation"]["problems"]
    asked = {part["id"] for part in item["questions"]}
    problems = {each["field"]: each["text"] for each in found if each["field"] in asked}
    if problems:
        return await _page(request, asker, code, form, problems=problems, status=422)
    draft = {"code": code, "region": form.get("region") or None}
    try:
        begun = await ask(request, asker, START, draft=draft, key=f"page {form.get('key')}")
        case_id = begun["startCase"]["id"]
        await ask(request, asker, EDIT, id=case_id, edit={"answers": answers})
    except DomainError as refusal:
        return await _page(request, asker, code, form, **sayings.refused(request, refusal, now=asker.now))
    return onward(request, f"/cases/{case_id}/form")


async def _item(request: AnyRequest, asker: Asker, code: str) -> Data:
    told: Data = (await ask(request, asker, GUIDE, code=code, answers=[]))["item"]
    return told


async def _page(
    request: AnyRequest, asker: Asker, code: str, form: Form | None = None, *, problem: str = "",
    problems: dict[str, str] | None = None, **values: Any,
) -> Response[bytes]:  # fmt: skip
    item = await _item(request, asker, code)
    drafts = (await ask(request, asker, MINE, state="DRAFT"))["cases"]["edges"]
    region = (form.get("region") if form else "") or region_of(request, asker)
    given = form or Form(request.query_params, {})
    return await shown(
        request, "apply", asker, item=item, typed=typed, problem=problem, problems=problems or {},
        given={part["id"]: given.get(f"{typed.QUESTION}{part['id']}") for part in item["questions"]},
        begun=[edge["node"] for edge in drafts if edge["node"]["code"] == code],
        region=region, region_name=regions.full_name(region), key=(form and form.get("key")) or str(new_id()),
        address=f"/apply/{code}", **values,
    )  # fmt: skip


ROUTES: list[ControllerRouterHandler] = [begin, answer]
