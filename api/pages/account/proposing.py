"""The form that proposes a mandate (代办委托): for whom, what he may do, until when."""

from collections.abc import Mapping
from datetime import date, datetime, time

from litestar import Response, get, post
from litestar.types import ControllerRouterHandler

from api.http.asking import Asker
from api.http.errors import AnyRequest
from api.pages import words
from api.pages.account.mandates import PATH
from api.pages.forms import Form
from api.pages.local import go, with_query
from api.pages.signed_in import holder, sender, shown
from api.pages.words import Problem
from banshi.errors import DomainError, InvalidInput
from banshi.scopes import Scope
from identity import mandates
from identity.errors import StepUpNeeded
from identity.mandates import DELEGABLE, Proposal, Side
from storage.clock import SHANGHAI

NEW = f"{PATH}/new"
KEPT = ("side", "id_number", "name", "until")


@get(NEW)
async def show(request: AnyRequest) -> Response[bytes]:
    """Show the form."""
    asker = await holder(request, Scope.MANDATES_WRITE)
    return await _form(request, asker, {"side": Side.PRINCIPAL})


@post(NEW, status_code=200)
async def propose(request: AnyRequest) -> Response[bytes]:
    """Propose it; the other side answers on his own page."""
    form, asker = await sender(request, Scope.MANDATES_WRITE)
    kept = {name: form.get(name) for name in KEPT}
    try:
        side = Side.DELEGATE if kept["side"] == Side.DELEGATE else Side.PRINCIPAL
        await mandates.propose(asker.actor, side, _proposal(form), now=asker.now)
    except StepUpNeeded:
        raise
    except DomainError as refusal:
        return await _form(request, asker, kept, form.lists.get("scope", []), refusal)
    return go(with_query(PATH, done="proposed"))


def _proposal(form: Form) -> Proposal:
    wanted = {scope for scope in DELEGABLE if scope in form.lists.get("scope", [])}
    return Proposal(
        number=form.get("id_number"), name=form.get("name"), scopes=wanted, until=_end_of(form.get("until"))
    )


def _end_of(text: str) -> datetime:
    """Return the end of a day in Shanghai, as `<input type=date>` writes it.

    Raises: InvalidInput.
    """
    try:
        return datetime.combine(date.fromisoformat(text), time(23, 59, 59), SHANGHAI)
    except ValueError:
        raise InvalidInput(field="until", problem="请填写日期，例如 2027-01-31") from None


async def _form(
    request: AnyRequest,
    asker: Asker,
    kept: Mapping[str, str],
    ticked: list[str] | None = None,
    refusal: DomainError | None = None,
) -> Response[bytes]:
    rights = {scope.value: words.RIGHTS[scope] for scope in sorted(DELEGABLE)}
    if refusal is not None:
        request.scope["state"]["codes"] = [refusal.code]
    return await shown(
        request, "mandate_new", asker, address=NEW, status=refusal.status if refusal else 200,
        kept=kept, rights=rights, ticked=ticked or [],
        problem=words.problem_of(refusal, now=asker.now) if refusal else Problem("", ""),
    )  # fmt: skip


ROUTES: list[ControllerRouterHandler] = [show, propose]
