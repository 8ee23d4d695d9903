"""Pages of one who is signed in: who he is, as whom he acts, and where to send somebody who is not."""

from typing import Any, Final
from uuid import UUID

from litestar import Response

from api.http import quota
from api.http.asking import Asker
from api.http.browser import asker_of
from api.http.errors import AnyRequest
from api.pages.asked import PATH
from api.pages.drawing import drawn
from api.pages.forms import Form, received
from api.pages.local import HOME, go, local, with_query
from banshi.errors import NotSignedIn, ScopeMissing
from banshi.scopes import Scope
from identity import departments
from identity.actor import Actor
from identity.roles import Role

SECTIONS: Final = (
    ("/account", "我的信息"),
    ("/account/sessions", "登录设备"),
    ("/account/accesses", "谁看过我的信息"),
)
DONE: Final = {
    "revoked": "已退出那台设备的登录。",
    "others": "已退出其他所有设备的登录。",
    "withdrawn": "已撤回授权，这个应用不能再使用您的信息。",
    "changed": "已更换办理身份。",
}
"""What a page says after a form was sent and the browser came back to it."""


async def holder(request: AnyRequest, scope: Scope = Scope.PROFILE_READ) -> Asker:
    """Return who is signed in.

    Raises: NotSignedIn, which on these pages leads to the form and back; ScopeMissing when he may not in
        his acting context; RateLimited.
    """
    asker = await asker_of(request)
    if asker is None:
        raise NotSignedIn
    await quota.count(asker.actor, request.scope["state"]["address"])
    if not asker.actor.may(scope):
        raise ScopeMissing(scope=scope)
    return asker


async def sender(request: AnyRequest, scope: Scope) -> tuple[Form, Asker]:
    """Return what a form says and who sent it.

    Raises: FormExpired, and as `holder` does.
    """
    form = await received(request)
    return form, await holder(request, scope)


def to_sign_in(request: AnyRequest, error: NotSignedIn) -> Response[bytes]:
    """Send the browser to sign in, and then back to this page; after a form, to the account."""
    query = request.scope["query_string"].decode("latin-1")
    here = f"{request.url.path}?{query}" if query else request.url.path
    return go(with_query(PATH, next=local(here) if request.method == "GET" else HOME))


async def shown(request: AnyRequest, template: str, asker: Asker, **values: Any) -> Response[bytes]:
    """Return a page of the account, with the others beside it and a banner while acting for somebody."""
    done = DONE.get(request.query_params.get("done", ""), "")
    banner = await _banner(asker.actor)
    return drawn(
        request, template, asker=asker, now=asker.now, sections=SECTIONS, done=done, banner=banner, **values
    )


async def _banner(actor: Actor) -> str:
    if actor.acting_for == actor.person_id:
        return ""
    if actor.is_a(Role.CITIZEN):
        return "您正在代他人办理"
    offices = [office.name for office in await departments.by_ids([actor.acting_for])]
    return f"您正在以“{'、'.join(offices)}”工作人员的身份办理"


def row_id(text: str) -> UUID:
    """Return the id that a form or address names; what is none names nothing there is."""
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


def place(request: AnyRequest) -> UUID | None:
    """Return after which row a list is to go on; None from the beginning."""
    text = request.query_params.get("after")
    return row_id(text) if text else None
