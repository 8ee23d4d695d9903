"""What one does with a case of one's own: delete, take back, mend, bring a paper, answer a verdict."""

from collections.abc import Awaitable
from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.types import ControllerRouterHandler

from api.graphql.documents import named
from api.http.asking import Asker
from api.http.errors import AnyRequest
from api.pages.drawing import Reach
from api.pages.forms import Form
from api.pages.local import go, with_query
from api.web.citizen import sayings, typed
from api.web.citizen.asking import Data, ask
from api.web.citizen.cases import CASE, case_page
from api.web.citizen.draft import APPLICATION
from api.web.citizen.place import CASES, citizen, filled, onward, shown
from banshi.errors import DomainError
from miniapps.cases.errors import MaterialsMissing, MoveRefused
from storage import objects

DISCARD: Final = named("discard_case")
WITHDRAW: Final = named("withdraw_case")
CORRECT: Final = named("answer_correction")
HAND: Final = named("hand_paper")
CONFIRM: Final = named("confirm_verdict")
UNMENDED: Final = "通知里的内容还没有全部补正：请修改每一项，上传每一份材料，再提交。"
ONE: Final = f"{CASES}/{{case_id:uuid}}"


@post(f"{ONE}/discard", status_code=200)
async def discard(request: AnyRequest, case_id: UUID) -> Response[bytes]:
    """Delete a draft; what was handed in meanwhile is shown as it is.  Raises: CaseNotFound."""
    _, asker = await filled(request)
    try:
        await ask(request, asker, DISCARD, id=str(case_id))
    except MoveRefused as refusal:
        told = await ask(request, asker, CASE, id=str(case_id))
        return await case_page(request, asker, told, **sayings.refused(request, refusal, now=asker.now))
    return onward(request, with_query(CASES, done="discarded"))


@post(f"{ONE}/withdraw", status_code=200)
async def withdraw(request: AnyRequest, case_id: UUID) -> Response[bytes]:
    """Take an application back."""
    form, asker = await filled(request)
    work = ask(
        request, asker, WITHDRAW, id=str(case_id), reason=form.get("reason"), key=f"page {form.get('key')}"
    )
    return await _done(request, asker, case_id, work, "withdrawn")


@post(f"{ONE}/confirm", status_code=200)
async def confirm(request: AnyRequest, case_id: UUID) -> Response[bytes]:
    """Say whether what is said of trips is right."""
    form, asker = await filled(request)
    agrees = form.get("agrees") == "yes"
    work = ask(request, asker, CONFIRM, caseId=str(case_id), agrees=agrees, key=f"page {form.get('key')}")
    return await _done(request, asker, case_id, work, "confirmed")


@post(f"{ONE}/paper", status_code=200)
async def hand_paper(request: AnyRequest, case_id: UUID) -> Response[bytes]:
    """Hand in a paper that was to follow: the one in the wallet."""
    form, asker = await filled(request)
    kind = form.get("kind")
    work = ask(request, asker, HAND, id=str(case_id), kind=kind, key=f"paper {case_id.hex} {kind}")
    return await _done(
        request, asker, case_id, work, "handed", unmet="还没有上传这份材料：请先上传，再点补交。"
    )


@get(f"{ONE}/correct")
async def correction(request: AnyRequest, case_id: UUID) -> Response[bytes]:
    """Show what is to be mended, and the fields and files for it."""
    asker = await citizen(request)
    case = await _case(request, asker, case_id)
    if case["state"] != "CORRECTING" or case["item"] is None:
        return go(f"{CASES}/{case_id}")
    return await _correction(request, asker, case)


@post(f"{ONE}/correct", status_code=200)
async def correct(request: AnyRequest, case_id: UUID) -> Response[bytes]:
    """Hand in what a notice asked for, once for each notice."""
    form, asker = await filled(request)
    case = await _case(request, asker, case_id)
    if case["state"] != "CORRECTING" or case["item"] is None:
        return onward(request, f"{CASES}/{case_id}")
    number = _asked(case)["number"]
    brought = typed.read(_fields(case), form, typed.FIELD)
    try:
        await ask(
            request, asker, CORRECT, id=str(case_id), form=brought, key=f"page correct {case_id} {number}"
        )
    except DomainError as refusal:
        wrong = _refused(request, refusal, asker, UNMENDED)
        return await _correction(request, asker, case, form, **wrong)
    return onward(request, f"{CASES}/{case_id}?done=corrected")


async def _case(request: AnyRequest, asker: Asker, case_id: UUID) -> Data:
    told: Data = (await ask(request, asker, APPLICATION, id=str(case_id)))["case"]
    return told


def _asked(case: Data) -> Data:
    """Return the notice that waits for an answer."""
    last: Data = case["corrections"][-1]
    return last


def _fields(case: Data) -> list[Data]:
    """Return the form fields that the notice names; it may name papers alone."""
    named_ = {each["kind"] for each in _asked(case)["defects"]}
    return [field for field in case["item"]["fields"] if field["id"] in named_]


async def _correction(
    request: AnyRequest, asker: Asker, case: Data, form: Form | None = None, *, problem: str = "",
    **values: Any,
) -> Response[bytes]:  # fmt: skip
    fields = _fields(case)
    given = typed.shown(fields, case["filledIn"]["form"])
    if form is not None:
        given = {part["id"]: form.get(f"{typed.FIELD}{part['id']}") for part in fields}
    kinds = {each["kind"] for each in _asked(case)["defects"]}
    return await shown(
        request, "correct", asker, case=case, correction=_asked(case), fields=fields, typed=typed,
        papers=[each for each in case["item"]["materials"] if each["kind"] in kinds],
        given=given, problem=problem,
        reach=Reach([objects.public_origin()]), address=f"{CASES}/{case['id']}/correct", **values,
    )  # fmt: skip


async def _done(
    request: AnyRequest, asker: Asker, case_id: UUID, work: Awaitable[Data], what: str, *, unmet: str = ""
) -> Response[bytes]:
    try:
        await work
    except DomainError as refusal:
        told = await ask(request, asker, CASE, id=str(case_id))
        return await case_page(request, asker, told, **_refused(request, refusal, asker, unmet))
    return onward(request, f"{CASES}/{case_id}?done={what}")


def _refused(request: AnyRequest, refusal: DomainError, asker: Asker, unmet: str) -> dict[str, Any]:
    """Return what the page shows; `unmet` is how it says there that papers are missing."""
    said = sayings.refused(request, refusal, now=asker.now)
    return {**said, "problem": unmet} if isinstance(refusal, MaterialsMissing) and unmet else said


ROUTES: list[ControllerRouterHandler] = [discard, withdraw, confirm, hand_paper, correction, correct]
