"""Problems the platform noticed."""

from uuid import UUID

from identity.actor import Actor
from miniapps.catalog.tables import MiniApp
from miniapps.insight.queries.owned import check_owned, visible_to
from miniapps.insight.tables import AppProblem
from storage.paging import Page, page


async def problems(
    actor: Actor, app_id: str | None = None, *, first: int, after: UUID | None
) -> Page[AppProblem]:
    """Return problems of one mini-app, or of all that the actor may look into, newest first.

    Raises: AppNotFound when the one asked for is not his to look into.
    """
    query = AppProblem.objects()
    if app_id is not None:
        await check_owned(actor, app_id)
        query = query.where(AppProblem.app_id == app_id)
    else:
        query = query.where(AppProblem.app_id.is_in(MiniApp.select(MiniApp.app_id).where(visible_to(actor))))
    return await page(query, AppProblem.id, first=first, after=after)
