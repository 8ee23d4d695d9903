"""The page that signs a citizen out, and every mini-app that came in by this session with him."""

from litestar import Response, get, post
from litestar.types import ControllerRouterHandler

from api.http.browser import asker_of, drop
from api.http.errors import AnyRequest
from api.pages import forms
from api.pages.drawing import drawn
from identity import sessions, verdicts
from storage import clock

PATH = "/sign-out"


@get(PATH)
async def ask(request: AnyRequest) -> Response[bytes]:
    """Ask first: a link of somebody else must not sign anybody out."""
    asker = await asker_of(request)
    return drawn(request, "sign_out", asker=asker, now=await clock.now())


@post(PATH, status_code=200)
async def leave(request: AnyRequest) -> Response[bytes]:
    """End the session and let the browser forget it."""
    await forms.received(request)
    asker = await asker_of(request)
    if asker is not None and asker.actor.session_id is not None:
        await sessions.revoke(asker.actor, asker.actor.session_id, now=asker.now)
        verdicts.forget(asker.actor)
    page = drawn(request, "signed_out", asker=None, now=await clock.now(), visitor="nobody")
    drop(request, page)
    page.headers["clear-site-data"] = (
        '"storage"'  # what was typed on this device, and what stood in for pages
    )
    return page


ROUTES: list[ControllerRouterHandler] = [ask, leave]
