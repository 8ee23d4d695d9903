"""Signing in by a phone that is signed in: the screen that shows the code, and the page the phone opens.

The screen keeps its secret in a cookie and asks by itself whether the phone has answered: with a script
that disturbs nobody, without one by loading the page anew.
"""

from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

import segno
from litestar import Response, get, post
from litestar.types import ControllerRouterHandler
from markupsafe import Markup

from api.http.browser import asker_of, cookie, cookie_in
from api.http.errors import AnyRequest
from api.pages.asked import Asked
from api.pages.drawing import drawn
from api.pages.entering import caller_of, entered
from api.pages.local import go
from api.pages.manner import sent_on
from api.pages.signed_in import holder, sender
from api.pages.ways import row_id, ways_for
from banshi.errors import RateLimited
from banshi.scopes import Scope
from identity.errors import QrNotFound
from identity.methods import qr, site
from identity.methods.qr import Progress, QrState
from storage import clock

SCREEN: Final = "/sign-in/qr"
KEPT: Final = "banshi_qr"
QUIET_ZONE = 4  # modules of white around the code (ISO/IEC 18004)
STATES: Final = {
    QrState.WAITING: "正在等待手机扫码……",
    QrState.SEEN: "手机已扫码，请在手机上点选上面的数字。",
}


class Held(NamedTuple):
    """What the screen keeps: the request, its secret and the number shown beside the code."""

    id: UUID
    secret: str
    number: str


async def begin(request: AnyRequest, asked: Asked) -> Response[bytes]:
    """Begin a request, and send the browser to the screen that waits for it."""
    now = await clock.now()
    begun = await qr.begin(caller=caller_of(request, asked), now=now)
    response = sent_on(request, asked.address(path=SCREEN))
    kept = f"{begun.id}.{begun.secret}.{begun.number}"
    response.set_cookie(cookie(request, KEPT, kept, int((begun.expires_at - now).total_seconds())))
    return response


@get(SCREEN)
async def screen(request: AnyRequest) -> Response[bytes]:
    """Show the code, and sign in once the phone has agreed."""
    asked, now, held = Asked.of(request.query_params), await clock.now(), _held(request)
    progress = await _progress(request, asked, held, now=now)
    if progress is not None and progress.entered is not None:
        response = await entered(request, asked, caller_of(request, asked), progress.entered, now=now)
        response.set_cookie(cookie(request, KEPT, "", 0))
        return response
    if progress is None and (asker := await asker_of(request)) and asked.is_met_by(asker):
        return go(asked.next)  # the script's question was answered with the session
    state = STATES.get(progress.state, "") if progress else ""
    return drawn(
        request, "sign_in_qr", asker=None, now=now, scripts=bool(state),
        asked=asked, ways=tuple(ways_for(asked.level).values()), way="qr", state=state,
        number=held.number if held else "",
        was_refused=progress is not None and progress.state is QrState.REFUSED,
        code=_drawn_code(f"{site.origin()}/qr/{held.id}") if held and state else "",
    )  # fmt: skip


async def _progress(
    request: AnyRequest, asked: Asked, held: Held | None, *, now: datetime
) -> Progress | None:
    """Return how far the request has come; None when it is over."""
    if held is None:
        return None
    try:
        return await qr.finish(held.id, held.secret, caller=caller_of(request, asked), now=now)
    except QrNotFound:
        return None
    except RateLimited:  # asked too often: as far as before, and the next question will tell
        return Progress(state=QrState.WAITING)


def _held(request: AnyRequest) -> Held | None:
    kept = (cookie_in(request, KEPT) or "").split(".")
    return Held(row_id(kept[0]), kept[1], kept[2]) if len(kept) == 3 else None


def _drawn_code(content: str) -> Markup:
    """Return the code as an inline picture; it holds nothing but an address of ours."""
    code = segno.make(content, error="m", micro=False)
    return Markup(code.svg_inline(border=QUIET_ZONE, omitsize=True))  # noqa: S704


@get("/qr/{request_id:uuid}")
async def ask(request: AnyRequest, request_id: UUID) -> Response[bytes]:
    """Ask on the phone whether the other device may sign in."""
    asker = await holder(request)
    address = str(request.scope["state"]["address"])
    asked = await qr.look(asker.actor, request_id, address=address, now=asker.now)
    return drawn(request, "qr_phone", asker=asker, now=asker.now, asked=asked)


@post("/qr/{request_id:uuid}", status_code=200)
async def answer(request: AnyRequest, request_id: UUID) -> Response[bytes]:
    """Take the phone's answer: the number on the other screen, or none."""
    form, asker = await sender(request, Scope.PROFILE_READ)
    number = form.get("number")
    approved = number.isascii() and number.isdigit()
    if approved:
        await qr.approve(asker.actor, request_id, int(number[:3]), now=asker.now)
    else:
        await qr.refuse(asker.actor, request_id, now=asker.now)
    return drawn(request, "qr_answered", asker=asker, now=asker.now, address="/account", approved=approved)


ROUTES: list[ControllerRouterHandler] = [screen, ask, answer]
