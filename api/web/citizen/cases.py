"""One's own cases, and one of them: how far it is, what it waits for, and what one may do."""

from typing import Any, Final
from uuid import UUID

from litestar import Response, get
from litestar.types import ControllerRouterHandler

from api.graphql.documents import named
from api.http.asking import Asker
from api.http.errors import AnyRequest
from api.pages.local import go, with_query
from api.web.citizen import words
from api.web.citizen.applying import MINE
from api.web.citizen.asking import Data, ask
from api.web.citizen.place import CASES, PAGE, citizen, shown
from identity import regions
from storage.ids import new_id

CASE: Final = named("case")
WITHDRAWN_FROM: Final = frozenset({"SUBMITTED", "CORRECTING", "ACCEPTED", "REVIEWING", "PAUSED"})
"""The states from which an applicant may take a case back: docs/case-life.md."""


@get(CASES)
async def mine(request: AnyRequest) -> Response[bytes]:
    """Show the cases, newest first."""
    asker = await citizen(request)
    after = request.query_params.get("after")
    told = (await ask(request, asker, MINE, first=PAGE, after=after))["cases"]
    end = told["pageInfo"]
    return await shown(
        request, "cases", asker, cases=[edge["node"] for edge in told["edges"]], states=words.STATES,
        older=with_query(CASES, after=end["endCursor"]) if end["hasNextPage"] else "",
    )  # fmt: skip


@get(f"{CASES}/{{case_id:uuid}}")
async def one(request: AnyRequest, case_id: UUID) -> Response[bytes]:
    """Show a case; a draft goes on where it is filled in.  Raises: CaseNotFound."""
    asker = await citizen(request)
    told = await ask(request, asker, CASE, id=str(case_id))
    case = told["case"]
    if case["state"] == "DRAFT" and case["item"] is not None:
        return go(f"{CASES}/{case_id}/form")
    return await case_page(request, asker, told)


@get(f"{CASES}/{{case_id:uuid}}/trips")
async def trips(request: AnyRequest, case_id: UUID) -> Response[bytes]:
    """Lead to what the case says of trips: notices of them link here."""
    return go(f"{CASES}/{case_id}")


async def case_page(
    request: AnyRequest, asker: Asker, told: Data, *, problem: str = "", **values: Any
) -> Response[bytes]:
    """Return the page of one case."""
    case = told["case"]
    open_ = [each for each in case["corrections"] if each["answeredAt"] is None]
    return await shown(
        request, "case", asker, case=case, verdict=told["verdict"], words=words, problem=problem,
        correction=open_[-1] if open_ and case["state"] == "CORRECTING" else None,
        follow=[each for each in case["materials"] if each["way"] == "TOLERATED" and not each["handedAt"]],
        may_withdraw=case["state"] in WITHDRAWN_FROM, region_name=regions.full_name(case["region"]),
        key=str(new_id()), address=f"{CASES}/{case['id']}", **values,
    )  # fmt: skip


ROUTES: list[ControllerRouterHandler] = [mine, one, trips]
