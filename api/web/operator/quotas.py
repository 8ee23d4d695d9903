"""How many calls a mini-app has: more or fewer than most, by an operator's word."""

from typing import Final

from litestar import Response, post
from litestar.types import ControllerRouterHandler

from api.http.errors import AnyRequest
from api.pages.local import go, with_query
from api.web.operator.apps import ONE, app_page
from api.web.operator.place import APPS, filled
from banshi.errors import DomainError, InvalidInput
from miniapps.catalog import queries as catalog
from miniapps.gateway import service

DIGITS: Final = 6


@post(f"{ONE}/quota", status_code=200)
async def set_(request: AnyRequest, app_id: str) -> Response[bytes]:
    """Give it so many calls a second; an empty field: as many as any."""
    form, asker = await filled(request)
    await catalog.app(asker.actor, app_id)
    try:
        per_s = _number(form.get("perS").strip())
        await service.set_quota(asker.actor, app_id, per_s, reason=form.get("why"), now=asker.now)
    except DomainError as refusal:
        told = refusal
        if isinstance(refusal, InvalidInput) and refusal.data["field"] == "reason":
            told = InvalidInput(field="why", problem=refusal.data["problem"])
        return await app_page(request, asker, app_id, refusal=told, kept=form)
    return go(with_query(f"{APPS}/{app_id}", done="quota"))


def _number(text: str) -> int | None:
    """Return the number that was typed; None: nothing was.  Raises: InvalidInput."""
    if text and not (text.isascii() and text.isdigit() and len(text) <= DIGITS):
        raise InvalidInput(field="perS", problem="请填写整数")
    return int(text) if text else None


ROUTES: list[ControllerRouterHandler] = [set_]
