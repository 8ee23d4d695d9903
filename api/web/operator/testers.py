"""Testers (体验官): who they are by region and time, appointing and dismissing them."""

from datetime import datetime, time
from uuid import UUID

from litestar import Response, get, post
from litestar.types import ControllerRouterHandler

from api.http.asking import Asker
from api.http.errors import AnyRequest
from api.pages.forms import Form
from api.pages.local import go, with_query
from api.pages.signed_in import place
from api.web import places
from api.web.mistakes import mistake
from api.web.operator.place import PAGE, TESTERS, curator, filled, here
from banshi.errors import DomainError, InvalidInput
from identity import mandates, regions
from miniapps.shelf import queries, service
from storage.clock import SHANGHAI, local_date


@get(TESTERS)
async def list_(request: AnyRequest) -> Response[bytes]:
    """Show the testers there are, and the form for another."""
    return await _list(request, await curator(request))


@post(TESTERS, status_code=200)
async def appoint(request: AnyRequest) -> Response[bytes]:
    """Make somebody a tester, or change his region and time."""
    form, asker = await filled(request)
    try:
        await service.appoint(
            asker.actor, number=form.get("id_number"), name=form.get("name"), region=form.get("region"),
            until=_until(form), now=asker.now,
        )  # fmt: skip
    except DomainError as refusal:
        return await _list(request, asker, refusal=refusal, kept=form)
    return go(with_query(TESTERS, done="appointed"))


@get(f"{TESTERS}/{{tester_id:uuid}}/dismiss")
async def dismissing(request: AnyRequest, tester_id: UUID) -> Response[bytes]:
    """Ask for the reason."""
    return _dismissing(request, await curator(request), tester_id)


@post(f"{TESTERS}/{{tester_id:uuid}}/dismiss", status_code=200)
async def dismiss(request: AnyRequest, tester_id: UUID) -> Response[bytes]:
    """End a tester's time."""
    form, asker = await filled(request)
    try:
        await service.dismiss(asker.actor, tester_id, reason=form.get("reason"), now=asker.now)
    except InvalidInput as refusal:
        return _dismissing(request, asker, tester_id, refusal=refusal, kept=form)
    return go(with_query(TESTERS, done="dismissed"))


def _until(form: Form) -> datetime:
    """Return the end of the day that was chosen.  Raises: InvalidInput."""
    try:
        day = datetime.fromisoformat(form.get("until")).date()
    except ValueError:
        raise InvalidInput(field="until", problem="请选择日期") from None
    return datetime.combine(day, time(23, 59), SHANGHAI)


async def _list(
    request: AnyRequest, asker: Asker, *, refusal: DomainError | None = None, kept: Form | None = None
) -> Response[bytes]:
    page = await queries.testers(asker.actor, first=PAGE, after=place(request), now=asker.now)
    called = await mandates.parties(asker.actor, [row.party_id for row in page.rows])
    return here(
        request, "testers", asker, address=TESTERS, today=local_date(asker.now).isoformat(),
        rows=[(row, called.get(row.party_id, ""), regions.full_name(row.region)) for row in page.rows],
        older=with_query(TESTERS, after=str(page.rows[-1].id)) if page.more else "", regions=places.groups(),
        **mistake(request, asker, refusal, kept, region=regions.PROVINCE),
    )  # fmt: skip


def _dismissing(
    request: AnyRequest, asker: Asker, tester_id: UUID, *,
    refusal: DomainError | None = None, kept: Form | None = None,
) -> Response[bytes]:  # fmt: skip
    return here(
        request, "dismiss", asker, address=f"{TESTERS}/{tester_id}/dismiss", tester_id=tester_id,
        **mistake(request, asker, refusal, kept),
    )  # fmt: skip


ROUTES: list[ControllerRouterHandler] = [list_, appoint, dismissing, dismiss]
