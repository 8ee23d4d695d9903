"""After a sign-in: the browser gets a session of its own, and nothing of whoever was there before stays."""

import secrets
from contextlib import suppress
from datetime import datetime

from litestar import Response

from api.http.asking import Asker
from api.http.browser import (
    asker_of,
    cookie,
    cookie_in,
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
from identity.oidc import deciding, requests
from identity.oidc.errors import RequestUnknown
from identity.roles import Role
from identity.sessions import Opened, Session

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
    return (cookie_in(request, DEVICE) or "")[:WORD_CHARACTERS]


def _device(agent: str) -> str:
    """Return what a citizen would call this device in his list of sign-ins."""
    system = next((word for mark, word in SYSTEMS if mark in agent), "")
    browser = next((word for mark, word in BROWSERS if mark in agent), "")
    return f"{system}（{browser}）" if system and browser else system or browser or agent


async def entered(
    request: AnyRequest, asked: Asked, caller: Caller, opened: Opened, *, now: datetime
) -> Response[bytes]:
    """Give the browser the session just opened and send it on.

    A session that it had before and that is not this one ends: whoever it was, his token is good no
    longer.  Somebody who may act in several contexts chooses one first.
    """
    await _leave(await asker_of(request), opened.session, now=now)
    response = go(asked.next)
    keep(request, response, opened.token)
    visitor = renew_visitor(request, response)
    response.headers["location"] = await _onwards(request, asked, opened, visitor, now=now)
    response.set_cookie(cookie(request, DEVICE, caller.device_word, DEVICE_S))
    return response


async def _onwards(request: AnyRequest, asked: Asked, opened: Opened, visitor: str, *, now: datetime) -> str:
    """Return where the browser goes: for an application as far as its request leads by itself."""
    waiting, request_id = None, request_in(asked.next)
    with suppress(RequestUnknown):  # asked.next will tell
        if request_id:
            waiting = await requests.move(
                request_id,
                visitor=visitor_of(request),
                to=visitor,
                person_id=opened.session.party_id,
                now=now,
            )
    has_choice = not opened.is_alone and await has_others(
        opened.session.party_id, for_application=bool(request_id), now=now
    )
    if has_choice:
        return asked.address(path=CONTEXT)
    if waiting is None:
        return asked.next
    with suppress(RequestUnknown):  # another tab was faster
        return await deciding.proceed(waiting, opened.actor, visitor=visitor, now=now)
    return asked.next


async def _leave(before: Asker | None, session: Session, *, now: datetime) -> None:
    """End what the browser had before; a session that was stepped up is the same, under a new token."""
    if before is None:
        return
    if before.actor.session_id is not None and before.actor.session_id != session.id:
        await sessions.revoke(before.actor, before.actor.session_id, now=now)
    verdicts.forget(before.actor)
