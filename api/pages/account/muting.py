"""Which applications may write to one, and which of them one does not want to hear."""

from collections.abc import Iterable
from typing import NamedTuple

from litestar import Response, post
from litestar.types import ControllerRouterHandler

from api.http.errors import AnyRequest
from api.pages.local import go, with_query
from api.pages.signed_in import sender
from banshi.scopes import Scope
from identity.actor import Actor
from identity.consents import Consent
from miniapps.notices import queries, service

PATH = "/account/consents"


class Writer(NamedTuple):
    """An application that may write, or did until it was muted."""

    app_id: str
    is_muted: bool


async def writers(actor: Actor, held: Iterable[Consent]) -> list[Writer]:
    """Return those who may write by what is `held`, and those who are muted."""
    muted = {row.app_id for row in await queries.muted(actor)}
    may = {row.app_id for row in held if Scope.NOTICES_SEND in row.scopes}
    return [Writer(app_id, app_id in muted) for app_id in sorted(may | muted)]


@post(f"{PATH}/mute", status_code=200)
async def mute(request: AnyRequest) -> Response[bytes]:
    """Let one write no more; it is not told."""
    form, asker = await sender(request, Scope.APPS_OPEN)
    await service.mute(asker.actor, form.get("app"), now=asker.now)
    return go(with_query(PATH, done="muted"))


@post(f"{PATH}/unmute", status_code=200)
async def unmute(request: AnyRequest) -> Response[bytes]:
    """Let one write again."""
    form, asker = await sender(request, Scope.APPS_OPEN)
    await service.unmute(asker.actor, form.get("app"), now=asker.now)
    return go(with_query(PATH, done="unmuted"))


ROUTES: list[ControllerRouterHandler] = [mute, unmute]
