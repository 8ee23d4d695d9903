"""Reading inboxes.  Every query starts from `visible_to`."""

from uuid import UUID

from piccolo.columns.combination import And
from piccolo.custom_types import Combinable

from identity.actor import Actor
from identity.visibility import Same, Visibility, Whole, where
from miniapps.notices.errors import NoticeNotFound
from miniapps.notices.rules import APP_WROTE, MOST_UNREAD
from miniapps.notices.tables import AppMark, AppMute, Notice
from storage.paging import Page
from storage.paging import page as page_of

OWN: Visibility = ((Whole(), Same(Notice.party_id, "acting_for")),)
OWN_THROUGH_APP: Visibility = ((Whole(), Same(Notice.party_id, "acting_for"), Same(Notice.app_id, "app_id")),)
MUTES: Visibility = ((Whole(), Same(AppMute.party_id, "acting_for")),)


def visible_to(actor: Actor) -> Combinable:
    """One's own inbox; a mini-app sees of it only what came through itself.

    Not what it wrote: it would see that a party muted it, and when he reads.
    """
    if actor.app_id is None:
        return where(OWN, actor)
    return And(where(OWN_THROUGH_APP, actor), Notice.kind != APP_WROTE)


async def page(
    actor: Actor, *, first: int, after: UUID | None = None, unread_only: bool = False
) -> Page[Notice]:
    """Return up to `first` (1–100) notices of the actor, newest first, older than the notice `after`."""
    query = Notice.objects().where(visible_to(actor))
    if unread_only:
        query = query.where(Notice.read_at.is_null())
    return await page_of(query, Notice.id, first=first, after=after)


async def lock(actor: Actor, notice_id: UUID) -> Notice:
    """Return the notice, its row locked until the transaction ends.

    Raises: NoticeNotFound, also when it is somebody else's.
    """
    mine = Notice.objects().where(visible_to(actor)).where(Notice.id == notice_id)
    notice: Notice | None = await mine.lock_rows().first()
    if notice is None:
        raise NoticeNotFound(notice_id=notice_id)
    return notice


async def unread_count(actor: Actor) -> int:
    """Return how many notices the actor has not read; counting stops at 100."""
    query = Notice.select(Notice.id).where(visible_to(actor)).where(Notice.read_at.is_null())
    return len(await query.limit(MOST_UNREAD))


async def marks(party_id: UUID, app_id: str) -> list[AppMark]:
    """Return when the mini-app wrote to the party, as far as that is kept."""
    return await AppMark.objects().where(AppMark.party_id == party_id, AppMark.app_id == app_id)


async def is_muted(party_id: UUID, app_id: str) -> bool:
    """Say whether the party does not want to hear the mini-app."""
    return await AppMute.exists().where(AppMute.party_id == party_id, AppMute.app_id == app_id)


async def muted(actor: Actor) -> list[AppMute]:
    """Return the mini-apps that the actor's party has muted, the last one first."""
    return await AppMute.objects().where(where(MUTES, actor)).order_by(AppMute.id, ascending=False)
