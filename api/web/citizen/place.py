"""What citizens' pages share: who is here, where he wants to be served, and the places at the bottom."""

from typing import Any, Final

from litestar import Response

from api.http import quota
from api.http.asking import Asker
from api.http.browser import asker_of, cookie, cookie_in
from api.http.errors import AnyRequest
from api.pages.drawing import NOWHERE, Reach, drawn
from api.pages.forms import Form
from api.pages.local import go
from api.pages.manner import YEAR_S
from api.pages.signed_in import banner_of, holder, sender
from banshi.scopes import Scope
from identity import regions
from identity.actor import ANONYMOUS, Actor
from identity.roles import Role
from storage import clock, seal

HOME: Final = "/"
FIND: Final = "/find"
CASES: Final = "/cases"
WALLET: Final = "/wallet"
INBOX: Final = "/inbox"
TABS: Final = ((HOME, "首页"), (CASES, "办件"), (WALLET, "证照"), (INBOX, "消息"), ("/account", "我的"))
REGION: Final = "banshi_region"
SENT_BY_SCRIPT: Final = "x-banshi-send"
GO_ON: Final = "x-banshi-go"
PAGE: Final = 20  # rows of a list
DONE: Final = {
    "saved": "已保存。",
    "submitted": "申请已提交。",
    "discarded": "草稿已删除。",
    "withdrawn": "申请已撤回。",
    "corrected": "补正材料已提交。",
    "handed": "材料已补交。",
    "confirmed": "谢谢，您的回答已记下。",
    "removed": "已从您的材料中删除。",
    "read": "已全部标为已读。",
    "rated": "谢谢，您的评价已记下。",
}


async def anybody(request: AnyRequest) -> Asker:
    """Return who is here, be it a visitor.  Raises: RateLimited."""
    asker = await asker_of(request) or Asker(ANONYMOUS, await clock.now())
    await quota.count(asker.actor, request.scope["state"]["address"])
    return asker


async def citizen(request: AnyRequest, scope: Scope = Scope.CASES_WRITE) -> Asker:
    """Return the citizen who is here.  Raises: NotSignedIn, ScopeMissing, RateLimited."""
    return await holder(request, scope)


async def filled(request: AnyRequest, scope: Scope = Scope.CASES_WRITE) -> tuple[Form, Asker]:
    """Return what a form says and which citizen sent it; raises as `citizen`, and FormExpired."""
    return await sender(request, scope)


def reader_of(asker: Asker) -> Asker:
    """Return who reads the catalogue: who is here, or a visitor for staff whose post gives no right to it."""
    return asker if asker.actor.may(Scope.APPS_READ) else Asker(ANONYMOUS, asker.now)


def is_own(asker: Asker) -> bool:
    """Say whether there are matters of his own to show: a citizen is here, and in no post."""
    return asker.actor.is_a(Role.CITIZEN)


def region_of(request: AnyRequest, asker: Asker) -> str:
    """Return where the citizen wants to be served: by this request, as he chose before, or where he lives."""
    for text in (request.query_params.get("region"), cookie_in(request, REGION)):
        if text in regions.shipped():
            return str(text)
    return asker.actor.region


def typed_by(actor: Actor) -> tuple[str, str]:
    """Return under which name and key (hexadecimal) a device keeps what is typed here.

    An agent has others than his principal: neither reads what the other left on a device, and no key that an
    agent was given opens anything of his principal's.
    """
    who = f"{actor.person_id} {actor.acting_for}".encode()
    return seal.mac(who, purpose="typed by").hex()[:32], seal.mac(who, purpose="typed").hex()


async def shown(
    request: AnyRequest,
    template: str,
    asker: Asker,
    *,
    reach: Reach = NOWHERE,
    **values: Any,
) -> Response[bytes]:
    """Return a page for citizens."""
    is_visitor = asker.actor is ANONYMOUS
    path = str(request.url.path)
    inside = [tab for tab, _ in TABS if path == tab or (tab != HOME and path.startswith(f"{tab}/"))]
    owner, typed_key = ("", "") if is_visitor else typed_by(asker.actor)
    page = drawn(
        request, f"citizen_{template}", asker=None if is_visitor else asker, now=asker.now, scripts=True,
        reach=reach, tabs=TABS, tab=max(inside, key=len, default=""),
        done=DONE.get(request.query_params.get("done", ""), ""),
        banner="" if is_visitor else await banner_of(asker.actor),
        owner=owner, typed_key=typed_key,
        **values,
    )  # fmt: skip
    chosen = request.query_params.get("region")
    if chosen in regions.shipped():
        page.set_cookie(cookie(request, REGION, str(chosen), YEAR_S))
    return page


def onward(request: AnyRequest, path: str) -> Response[bytes]:
    """Send the browser on after a form; a script that sent it is told where to, and saves a turn."""
    if SENT_BY_SCRIPT in request.headers:
        return Response(b"", status_code=200, headers={GO_ON: path})
    return go(path)
