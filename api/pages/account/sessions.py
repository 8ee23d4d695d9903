"""Where one is signed in: each device by itself, newest first, to be ended one by one or all the others."""

from litestar import Response, get, post
from litestar.types import ControllerRouterHandler

from api.http.errors import AnyRequest
from api.pages import words
from api.pages.local import go, with_query
from api.pages.signed_in import holder, place, sender, shown
from api.pages.ways import row_id
from banshi.scopes import Scope
from identity import devices, sessions, verdicts

PATH = "/account/sessions"
PAGE = 20


@get(PATH)
async def list_(request: AnyRequest) -> Response[bytes]:
    """Show the sessions that live."""
    asker = await holder(request, Scope.SESSIONS_READ)
    page = await sessions.list_(asker.actor, first=PAGE, after=place(request), now=asker.now)
    older = with_query(PATH, after=str(page.rows[-1].id)) if page.more else ""
    return await shown(
        request, "sessions", asker,
        rows=page.rows, older=older, current=asker.actor.session_id, methods=words.METHODS, roles=words.ROLES,
    )  # fmt: skip


@post(f"{PATH}/revoke", status_code=200)
async def revoke(request: AnyRequest) -> Response[bytes]:
    """End one session."""
    form, asker = await sender(request, Scope.SESSIONS_WRITE)
    await sessions.revoke(asker.actor, row_id(form.get("id")), now=asker.now)
    verdicts.forget(asker.actor)
    return go(with_query(PATH, done="revoked"))


@post(f"{PATH}/revoke-others", status_code=200)
async def revoke_others(request: AnyRequest) -> Response[bytes]:
    """End all sessions but the one that asks."""
    _, asker = await sender(request, Scope.SESSIONS_WRITE)
    await sessions.revoke_all(asker.actor, keep_current=True, now=asker.now)
    verdicts.forget(asker.actor)
    return go(with_query(PATH, done="others"))


@post(f"{PATH}/rename", status_code=200)
async def rename(request: AnyRequest) -> Response[bytes]:
    """Call a device otherwise."""
    form, asker = await sender(request, Scope.SESSIONS_WRITE)
    await devices.rename(asker.actor, row_id(form.get("id")), form.get("name"), now=asker.now)
    return go(with_query(PATH, done="renamed"))


ROUTES: list[ControllerRouterHandler] = [list_, revoke, revoke_others, rename]
