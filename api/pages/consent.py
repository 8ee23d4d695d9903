"""The page where a citizen agrees, claim by claim, to what an application wants to know, or refuses."""

from dataclasses import replace
from typing import Final

from litestar import Response, get, post
from litestar.types import ControllerRouterHandler

from api.http.browser import visitor_of
from api.http.errors import AnyRequest
from api.pages import words
from api.pages.contexts import CONTEXT
from api.pages.drawing import ID, STAND_IN, drawn
from api.pages.local import go, with_query
from api.pages.manner import sent_on
from api.pages.signed_in import holder, sender
from api.pages.targets import target
from banshi.scopes import Scope
from identity.oidc import requests
from identity.roles import Role

PATH: Final = "/consent"
SENSITIVE_LEVEL = 3
"""Claims that need this level are sensitive: each is agreed to by itself (个人信息保护法 Art. 29)."""


@get(PATH)
async def show(request: AnyRequest) -> Response[bytes]:
    """Show who asks for what, why and for how long."""
    asker = await holder(request)
    request_id = request.query_params.get("request", "")
    here = with_query(PATH, request=request_id)
    if not asker.actor.is_a(Role.CITIZEN):  # in a post nobody consents: go on as oneself
        return sent_on(request, with_query(CONTEXT, next=here))
    asked = await requests.look(asker.actor, request_id, visitor=visitor_of(request), now=asker.now)
    own = request_id if ID.fullmatch(request_id) else ""
    shown_id = STAND_IN if own else request_id
    return drawn(
        request, "consent", asker=asker, now=asker.now, address=with_query(PATH, request=shown_id),
        targets=target(asked.redirect_origin), own=own, sensitive_level=SENSITIVE_LEVEL,
        asked=replace(asked, request_id=shown_id, until=None),
        until=words.day(asked.until) if asked.until else "",
    )  # fmt: skip


@post(PATH, status_code=200)
async def answer(request: AnyRequest) -> Response[bytes]:
    """Take the answer to the application; whatever is not ticked is refused."""
    form, asker = await sender(request, Scope.APPS_OPEN)
    request_id, visitor = form.get("request"), visitor_of(request)
    if form.get("answer") == "grant":
        ticked = form.lists.get("claim", [])
        return go(await requests.grant(asker.actor, request_id, ticked, visitor=visitor, now=asker.now))
    return go(await requests.refuse(asker.actor, request_id, visitor=visitor, now=asker.now))


ROUTES: list[ControllerRouterHandler] = [show, answer]
