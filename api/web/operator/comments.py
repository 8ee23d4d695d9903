"""Comments that wait to be read before everybody does, and complaints that wait for an answer."""

from typing import Final
from uuid import UUID

from litestar import Response, get, post
from litestar.types import ControllerRouterHandler

from api.http.asking import Asker
from api.http.errors import AnyRequest
from api.pages.forms import Form
from api.pages.local import go, with_query
from api.pages.signed_in import place
from api.web.mistakes import mistake
from api.web.operator.names import CONCERNS
from api.web.operator.place import COMMENTS, COMPLAINTS, PAGE, curator, filled, here
from banshi.errors import DomainError
from miniapps.catalog import queries as catalog
from miniapps.shelf import queries, service
from miniapps.shelf.rules import LONGEST_COMPLAINT, LONGEST_REASON

NOBODY: Final = UUID(int=0)


@get(COMMENTS)
async def comments(request: AnyRequest) -> Response[bytes]:
    """Show the comments that wait."""
    return await _comments(request, await curator(request))


@post(f"{COMMENTS}/{{comment_id:uuid}}", status_code=200)
async def moderate(request: AnyRequest, comment_id: UUID) -> Response[bytes]:
    """Show a comment to everybody, or not."""
    form, asker = await filled(request)
    shows = form.get("answer") == "show"
    try:
        await service.moderate(
            asker.actor, comment_id, show=shows, reason="" if shows else form.get("reason"), now=asker.now
        )
    except DomainError as refusal:
        return await _comments(request, asker, at=comment_id, refusal=refusal, kept=form)
    return go(with_query(COMMENTS, done="shown" if shows else "not-shown"))


@get(COMPLAINTS)
async def complaints(request: AnyRequest) -> Response[bytes]:
    """Show the complaints that wait, or all."""
    return await _complaints(request, await curator(request))


@post(f"{COMPLAINTS}/{{complaint_id:uuid}}", status_code=200)
async def answer(request: AnyRequest, complaint_id: UUID) -> Response[bytes]:
    """Answer a complaint."""
    form, asker = await filled(request)
    try:
        await service.answer(asker.actor, complaint_id, form.get("answer"), now=asker.now)
    except DomainError as refusal:
        if refusal.status == 404:
            raise
        return await _complaints(request, asker, at=complaint_id, refusal=refusal, kept=form)
    return go(with_query(COMPLAINTS, done="answered"))


async def _comments(
    request: AnyRequest, asker: Asker, *, at: UUID = NOBODY, refusal: DomainError | None = None,
    kept: Form | None = None,
) -> Response[bytes]:  # fmt: skip
    page = await queries.waiting(asker.actor, first=PAGE, after=place(request), now=asker.now)
    return here(
        request, "comments", asker, address=COMMENTS, rows=page.rows, at=at, longest=LONGEST_REASON,
        names=await catalog.names([row.app_id for row in page.rows]),
        older=with_query(COMMENTS, after=str(page.rows[-1].id)) if page.more else "",
        **mistake(request, asker, refusal, kept),
    )  # fmt: skip


async def _complaints(
    request: AnyRequest, asker: Asker, *, at: UUID = NOBODY, refusal: DomainError | None = None,
    kept: Form | None = None,
) -> Response[bytes]:  # fmt: skip
    is_all = request.query_params.get("all") == "1"
    page = await queries.complaints(
        asker.actor, open_only=not is_all, first=PAGE, after=place(request), now=asker.now
    )
    older = ""
    if page.more:
        older = with_query(COMPLAINTS, all="1" if is_all else "", after=str(page.rows[-1].id))
    return here(
        request, "complaints", asker, address=COMPLAINTS, rows=page.rows, at=at, is_all=is_all, older=older,
        names=await catalog.names([row.app_id for row in page.rows]), concerns=CONCERNS,
        longest=LONGEST_COMPLAINT, **mistake(request, asker, refusal, kept),
    )  # fmt: skip


ROUTES: list[ControllerRouterHandler] = [comments, moderate, complaints, answer]
