"""After a sign-in: the browser gets a session of its own, and nothing of whoever was there before stays."""

import secrets
from datetime import datetime

from litestar import Response
from litestar.datastructures import Cookie

from api.http.asking import Asker
from api.http.browser import (
    asker_of,
    cookie_name,
    is_https,
    keep,
    renew_visitor,
    token_of,
    visitor_of,
)
from api.http.errors import AnyRequest
from api.pages.asked import Asked
from api.pages.contexts import CONTEXT, has_others
from api.pages.local import go
from api.pages.targets import request_in
from identity import sessions, verdicts
from identity.entering import Caller
from identity.oidc import requests
from identity.roles import Role
from identity.sessions import Session

DEVICE = "banshi_device"  # by which a device is known again; it says nothing of whose it is
DEVICE_S = 400 * 24 * 3600
WORD_BYTES, WORD_CHARACTERS = 16, 64
SYSTEMS = (  # in this order: an iPad calls itself a Macintosh, Android says Linux
    ("Android", "安卓手机"), ("iPhone", "苹果手机"), ("iPad", "苹果平板"), ("Windows", "Windows 电脑"),
    ("Macintosh", "苹果电脑"), ("Linux", "Linux 电脑"),
)  # fmt: skip
BROWSERS = (
    ("MicroMessenger", "微信"), ("AlipayClient", "支付宝"), ("Edg/", "Edge"), ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip


def caller_of(request: AnyRequest, asked: Asked) -> Caller:
    """Return from where somebody signs in; a session that this browser has is stepped up if it is his.

    At an application one signs in as oneself, never in a post.
    """
    return Caller(
        address=str(request.scope["state"]["address"]),
        device=_device(request.headers.get("user-agent", "")),
        device_word=_device_word(request) or secrets.token_hex(WORD_BYTES),
        token=token_of(request),
        acting_as=Role.CITIZEN if request_in(asked.next) else None,
    )


def _device_word(request: AnyRequest) -> str:
    return request.cookies.get(cookie_name(DEVICE, https=is_https(request)), "")[:WORD_CHARACTERS]


def _device(agent: str) -> str:
    """Return what a citizen would call this device in his list of sign-ins."""
    system = next((word for mark, word in SYSTEMS if mark in agent), "")
    browser = next((word for mark, word in BROWSERS if mark in agent), "")
    return f"{system}（{browser}）" if system and browser else system or browser or agent


async def entered(
    request: AnyRequest, asked: Asked, caller: Caller, opened: tuple[str, Session], *, now: datetime
) -> Response[bytes]:
    """Give the browser the session just opened and send it on.

    A session that it had before and that is not this one ends: whoever it was, his token is good no
    longer.  Somebody who may act in several contexts chooses one first.
    """
    token, session = opened
    await _leave(await asker_of(request), session, now=now)
    has_choice = await has_others(session.party_id, for_application=bool(request_in(asked.next)), now=now)
    response = go(asked.address(path=CONTEXT) if has_choice else asked.next)
    keep(request, response, token)
    visitor = renew_visitor(request, response)
    await requests.move(request_in(asked.next), visitor=visitor_of(request), to=visitor)
    https = is_https(request)
    response.set_cookie(
        Cookie(
            key=cookie_name(DEVICE, https=https), value=caller.device_word, path="/", max_age=DEVICE_S,
            httponly=True, secure=https, samesite="lax",
        )
    )  # fmt: skip
    return response


async def _leave(before: Asker | None, session: Session, *, now: datetime) -> None:
    """End what the browser had before; a session that was stepped up is the same, under a new token."""
    if before is None:
        return
    if before.actor.session_id is not None and before.actor.session_id != session.id:
        await sessions.revoke(before.actor, before.actor.session_id, now=now)
    verdicts.forget(before.actor)
