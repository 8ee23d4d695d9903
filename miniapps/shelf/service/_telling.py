"""Notices to those concerned: testers, teams, and whoever rated or complained."""

from collections.abc import Mapping
from datetime import datetime

from identity import regions
from miniapps.catalog import queries as catalog
from miniapps.notices import service as notices
from miniapps.notices.rules import spoken
from miniapps.shelf import queries
from miniapps.shelf.events import (
    AppTesterAppointed,
    AppTesterAssigned,
    CommentDecided,
    ComplaintAnswered,
    DefectMoved,
)
from miniapps.shelf.rules import CommentState, DefectState, Side
from miniapps.shelf.tables import AppComplaint, AppDefect, AppRating, AppTester, DefectNote

STATES: Mapping[str, str] = {
    DefectState.NEW: "待确认", DefectState.CONFIRMED: "已确认", DefectState.FIXING: "修复中",
    DefectState.FIXED: "已修复", DefectState.CLOSED: "已关闭", DefectState.DUPLICATE: "与已有缺陷重复",
    DefectState.NOT_A_DEFECT: "不是缺陷",
}  # fmt: skip
"""What the states of a defect are called."""


async def tell_tester(event: AppTesterAppointed) -> None:
    """Tell a person that he was made a tester."""
    row = await AppTester.objects().get(AppTester.id == event.tester_id)
    if row is not None:
        told = {"region": regions.full_name(row.region), "until": spoken(row.ends_at)}
        await notices.tell_of(
            row.party_id, kind=event.type, parameters=told, key=f"tester:{row.id}:{row.ends_at}", now=event.at
        )


async def tell_what_to_try(event: AppTesterAssigned) -> None:
    """Tell a tester which mini-app he is to try."""
    row = await AppTester.objects().get(AppTester.id == event.tester_id)
    if row is not None:
        told = {"app": await _name(event.app_id), "until": spoken(row.ends_at)}
        key = f"tester:{row.id}:{event.app_id}:{event.at.isoformat()}"
        await notices.tell_of(row.party_id, kind=event.type, parameters=told, key=key, now=event.at)


async def tell_of_comment(event: CommentDecided) -> None:
    """Tell who wrote a comment what became of it, unless he has changed it since."""
    row = await AppRating.objects().get(AppRating.id == event.rating_id)
    if row is None or row.comment_state not in (CommentState.SHOWN, CommentState.REFUSED):
        return
    told = {"app": await _name(row.app_id)}
    kind = "rating.comment_shown"
    if row.comment_state == CommentState.REFUSED:
        kind, told = "rating.comment_refused", told | {"reason": row.refusal}
    await notices.tell_of(row.party_id, kind=kind, parameters=told, key=f"rating:{row.id}", now=event.at)


async def tell_of_answer(event: ComplaintAnswered) -> None:
    """Tell who complained that he was answered."""
    row = await AppComplaint.objects().get(AppComplaint.id == event.complaint_id)
    if row is not None:
        told = {"app": await _name(row.app_id), "answer": row.answer[:200]}
        key = f"complaint:{row.id}:{event.at.isoformat()}"
        await notices.tell_of(row.party_id, kind=event.type, parameters=told, key=key, now=event.at)


async def tell_of_defect(event: DefectMoved) -> None:
    """Tell the tester and the team of what others did; the team hears of a defect when it is confirmed."""
    row = await AppDefect.objects().get(AppDefect.id == event.defect_id)
    note = await DefectNote.objects().get(DefectNote.id == event.note_id)
    if row is None or note is None:
        return
    told = {"app": await _name(row.app_id), "title": row.title, "state": STATES[note.state]}
    key = f"defect:{note.id}"
    if note.side != Side.TESTER:
        await notices.tell_of(row.party_id, kind="defect.moved", parameters=told, key=key, now=event.at)
    if note.side != Side.TEAM and note.state != DefectState.NEW:
        await _tell_team(row, told, key, now=event.at)


async def _tell_team(row: AppDefect, told: Mapping[str, str], key: str, *, now: datetime) -> None:
    for person_id in await queries.builders(row.team_id):
        await notices.tell_of(person_id, kind="defect.of_yours", parameters=told, key=key, now=now)


async def _name(app_id: str) -> str:
    return (await catalog.names([app_id])).get(app_id, app_id)
