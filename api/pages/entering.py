"""After a sign-in: the browser gets a session of its own, and nothing of whoever was there before stays."""

from collections.abc import Mapping
from datetime import datetime

from litestar import Response

from api.http.browser import asker_of, keep
from api.http.errors import AnyRequest
from api.pages.asked import Asked
from api.pages.local import go
from banshi.errors import InvalidInput
from identity import people, sessions, verdicts
from identity.sessions import Session

CONTEXT = "/sign-in/context"
FIELD_CHARACTERS = 200
SYSTEMS = (  # in this order: an iPad calls itself a Macintosh, Android says Linux
    ("Android", "安卓手机"), ("iPhone", "苹果手机"), ("iPad", "苹果平板"), ("Windows", "Windows 电脑"),
    ("Macintosh", "苹果电脑"), ("Linux", "Linux 电脑"),
)  # fmt: skip
BROWSERS = (
    ("MicroMessenger", "微信"), ("AlipayClient", "支付宝"), ("Edg/", "Edge"), ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip


def typed(fields: Mapping[str, str], *names: str) -> dict[str, str]:
    """Return the fields `names` as they were typed.

    Raises: InvalidInput when one is too long.
    """
    for name in names:
        if len(fields.get(name, "")) > FIELD_CHARACTERS:
            raise InvalidInput(field=name, problem="这一项太长了，请检查")
    return {name: fields[name] for name in names if name in fields}


def device_of(request: AnyRequest) -> str:
    """Return what a citizen would call this device in his list of sign-ins."""
    agent = request.headers.get("user-agent", "")
    system = next((word for mark, word in SYSTEMS if mark in agent), "")
    browser = next((word for mark, word in BROWSERS if mark in agent), "")
    return f"{system}（{browser}）" if system and browser else system or browser or agent


async def entered(
    request: AnyRequest, asked: Asked, opened: tuple[str, Session], *, now: datetime
) -> Response[bytes]:
    """Give the browser the session just opened and send it on.

    The session it had before ends: whoever it was, his token is good no longer.  Somebody who may act in
    several contexts chooses one first.
    """
    token, session = opened
    before = await asker_of(request)
    if before is not None and before.actor.session_id is not None:
        await sessions.revoke(before.actor, before.actor.session_id, now=now)
        verdicts.forget(before.actor)
    has_choice = bool(await people.posts_of(session.party_id))
    response = go(asked.address(path=CONTEXT) if has_choice else asked.next)
    keep(request, response, token)
    return response
