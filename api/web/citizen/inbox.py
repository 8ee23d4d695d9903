"""What one was told (消息): read one, follow where it leads, mark all as read."""

from typing import Final
from uuid import UUID

from litestar import Response, get, post
from litestar.types import ControllerRouterHandler

from api.graphql.documents import named
from api.http.errors import AnyRequest
from api.pages.local import local, with_query
from api.web.citizen.asking import ask
from api.web.citizen.place import INBOX, PAGE, citizen, filled, onward, shown
from banshi.scopes import Scope

NOTICES: Final = named("notices")
READ: Final = named("read_notice")
READ_ALL: Final = named("read_all_notices")
PAGES: Final = {"/mandates": "/account/mandates"}
"""Pages of ours that notices link to by an older name."""


@get(INBOX)
async def inbox(request: AnyRequest) -> Response[bytes]:
    """Show the notices, newest first."""
    asker = await citizen(request, Scope.NOTICES_READ)
    unread, after = request.query_params.get("unread") == "yes", request.query_params.get("after")
    told = await ask(request, asker, NOTICES, unreadOnly=unread, first=PAGE, after=after)
    end = told["notices"]["pageInfo"]
    further = with_query(INBOX, unread="yes" if unread else "", after=end["endCursor"])
    return await shown(
        request, "inbox", asker, notices=[edge["node"] for edge in told["notices"]["edges"]],
        unread=told["unreadNotices"], unread_only=unread, older=further if end["hasNextPage"] else "",
    )  # fmt: skip


@post(f"{INBOX}/{{notice_id:uuid}}/read", status_code=200)
async def read(request: AnyRequest, notice_id: UUID) -> Response[bytes]:
    """Note that it was read, and go where it leads."""
    _, asker = await filled(request, Scope.NOTICES_WRITE)
    link = (await ask(request, asker, READ, id=str(notice_id)))["readNotice"]["link"]
    return onward(request, local(PAGES.get(link, link), instead=INBOX))


@post(f"{INBOX}/read", status_code=200)
async def read_all(request: AnyRequest) -> Response[bytes]:
    """Note that all was read."""
    _, asker = await filled(request, Scope.NOTICES_WRITE)
    await ask(request, asker, READ_ALL)
    return onward(request, with_query(INBOX, done="read"))


ROUTES: list[ControllerRouterHandler] = [inbox, read, read_all]
