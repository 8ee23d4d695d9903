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
from api.pages.local import local, with_query
from api.pages.manner import sent_on
from api.pages.ways import row_id
from banshi.errors import NotSignedIn, ScopeMissing
from banshi.scopes import Scope
from identity import departments, mandates
from identity.actor import Actor
from identity.errors import StepUpNeeded

SECTIONS: Final = (
    ("/account", "我的信息"),
    ("/account/sessions", "登录设备"),
    ("/account/consents", "我的授权"),
    ("/account/accesses", "谁看过我的信息"),
    ("/account/mandates", "代办委托"),
    ("/account/passkeys", "通行密钥"),
    ("/account/network-identity", "网络身份"),
)
DONE: Final = {
    "revoked": "已退出那台设备的登录。",
    "others": "已退出其他所有设备的登录。",
    "withdrawn": "已撤回授权，这个应用不能再使用您的信息。",
    "muted": "您不会再收到这个应用的消息。",
    "unmuted": "您会重新收到这个应用的消息。",
    "cleared": "应用为您保存的内容已删除。",
    "renamed": "名称已保存。",
    "passkey-added": "通行密钥已添加，下次可以用它登录。",
    "passkey-removed": "通行密钥已删除，不能再用它登录。",
    "linked": "网络身份已关联。",
    "unlinked": "网络身份已解除关联。",
    "proposed": "已发给对方，等对方确认。",
    "mandate-accepted": "委托已生效。",
    "mandate-refused": "已告诉对方您不接受。",
    "mandate-ended": "委托已结束，马上生效。",
    "nodded": "已同意，代办员现在可以办理。",
    "not-nodded": "已告诉代办员您不同意。",
    "objected": "异议已提交，三十日内会有答复。",
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
    """Send the browser to sign in, and then back to this page."""
    return sent_on(request, with_query(PATH, next=_here(request)))


def _here(request: AnyRequest) -> str:
    """Return the page to come back to; for what a form is sent to it is the page with the form."""
    path = str(request.url.path)
    if request.method != "GET":
        ours, shown_at = str(request.app.state.public_url), request.headers.get("referer", "")
        if shown_at.startswith(f"{ours}/"):
            return local(shown_at.removeprefix(ours))
        return local("/".join(path.split("/")[:3]))
    query = request.scope["query_string"].decode("latin-1")
    return local(f"{path}?{query}" if query else path)


def to_step_up(request: AnyRequest, error: StepUpNeeded) -> Response[bytes]:
    """Send the browser to verify as the refusal asks (RFC 9470), and then back to this page."""
    return sent_on(request, with_query(PATH, next=_here(request), **error.data))


async def shown(request: AnyRequest, template: str, asker: Asker, **values: Any) -> Response[bytes]:
    """Return a page of the account, with the others beside it and a banner while acting for somebody."""
    done = DONE.get(request.query_params.get("done", ""), "")
    banner = await banner_of(asker.actor)
    return drawn(
        request, template, asker=asker, now=asker.now, sections=SECTIONS, done=done, banner=banner, **values
    )


async def banner_of(actor: Actor) -> str:
    """Return what stands above each page while one acts for somebody or in a post; "" as oneself."""
    if actor.acting_for == actor.person_id:
        return ""
    if actor.delegation_id is not None:
        called = await mandates.parties(actor, [actor.acting_for])
        return f"您正在代 {called.get(actor.acting_for, '他人')} 办理"
    offices = [office.name for office in await departments.by_ids([actor.acting_for])]
    return f"您正在以“{'、'.join(offices)}”工作人员的身份办理" if offices else "您正在以团队成员的身份办理"


def place(request: AnyRequest) -> UUID | None:
    """Return after which row a list is to go on; None from the beginning."""
    text = request.query_params.get("after")
    return row_id(text) if text else None
