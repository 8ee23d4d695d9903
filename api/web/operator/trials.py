"""What one tester (体验官) tries before others get it: which mini-apps, one more, one less."""

from uuid import UUID

from litestar import Response, get, post
from litestar.types import ControllerRouterHandler

from api.http.asking import Asker
from api.http.errors import AnyRequest
from api.pages.forms import Form
from api.pages.local import go, with_query
from api.web.mistakes import mistake
from api.web.operator.place import TESTERS, curator, filled, here
from banshi.errors import DomainError
from identity import mandates
from miniapps.catalog import queries as catalog
from miniapps.catalog.errors import AppNotFound
from miniapps.release import queries as release
from miniapps.shelf import queries, service

TRIED = f"{TESTERS}/{{tester_id:uuid}}/apps"


@get(TRIED)
async def list_(request: AnyRequest, tester_id: UUID) -> Response[bytes]:
    """Show what he tries, and the form for one more."""
    return await _list(request, await curator(request), tester_id)


@post(TRIED, status_code=200)
async def assign(request: AnyRequest, tester_id: UUID) -> Response[bytes]:
    """Let him try one more."""
    form, asker = await filled(request)
    try:
        await service.assign(asker.actor, tester_id, form.get("appId").strip(), now=asker.now)
    except AppNotFound as refusal:
        return await _list(request, asker, tester_id, refusal=refusal, kept=form)
    return go(with_query(f"{TESTERS}/{tester_id}/apps", done="assigned"))


@post(f"{TRIED}/end", status_code=200)
async def unassign(request: AnyRequest, tester_id: UUID) -> Response[bytes]:
    """Take one from him."""
    form, asker = await filled(request)
    await service.unassign(asker.actor, tester_id, form.get("appId"), now=asker.now)
    return go(with_query(f"{TESTERS}/{tester_id}/apps", done="unassigned"))


async def _list(
    request: AnyRequest, asker: Asker, tester_id: UUID, *,
    refusal: DomainError | None = None, kept: Form | None = None,
) -> Response[bytes]:  # fmt: skip
    row = await queries.tester(asker.actor, tester_id, now=asker.now)
    tried = (await release.trials_of(asker.actor, [row.party_id]))[row.party_id]
    called, names = await mandates.parties(asker.actor, [row.party_id]), await catalog.names(tried)
    return here(
        request, "trials", asker, address=f"{TESTERS}/{tester_id}/apps", row=row,
        called=called.get(row.party_id, ""), apps=[(app_id, names[app_id]) for app_id in tried],
        **mistake(request, asker, refusal, kept),
    )  # fmt: skip


ROUTES: list[ControllerRouterHandler] = [list_, assign, unassign]
