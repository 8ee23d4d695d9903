"""What becomes of facts: news for those who are to hear them, with no more than they may know."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from banshi import events as public
from banshi.events import CaseNews, ReleaseNews
from banshi.scopes import Scope
from identity.events import ConsentGranted, ConsentWithdrawn
from identity.subjects import pairwise_sub
from miniapps.cases.events import (
    CaseAccepted,
    CaseCompleted,
    CaseDecided,
    CaseDeclined,
    CaseDelivered,
    CaseEvent,
    CaseForwarded,
    CaseSubmitted,
    CaseVoided,
    CaseWithdrawn,
    CorrectionAnswered,
    CorrectionAsked,
)
from miniapps.webhooks import queries
from miniapps.webhooks.rules import NOBODY
from miniapps.webhooks.service._planning import plan
from storage.db import fetch

OF_CASES: Mapping[type[CaseEvent], type[CaseNews]] = {
    CaseSubmitted: public.CaseSubmitted,
    CorrectionAsked: public.CaseSupplementAsked,
    CaseDeclined: public.CaseDeclined,
    CaseAccepted: public.CaseAccepted,
    CaseDecided: public.CaseDecided,
    CaseCompleted: public.CaseCompleted,
    CaseDelivered: public.CaseDelivered,
    CaseWithdrawn: public.CaseWithdrawn,
    CaseVoided: public.CaseClosed,
    CaseForwarded: public.CaseClosed,
}
"""What a fact about a case is to the mini-app that opened it."""
HANDING: frozenset[type[CaseEvent]] = frozenset({CaseSubmitted, CorrectionAnswered})
"""With which facts materials come."""
HEARD: Sequence[type[CaseEvent]] = tuple(dict.fromkeys((*OF_CASES, *HANDING)))
"""Which facts about cases a mini-app may hear of."""
KINDS = (
    "SELECT DISTINCT kind FROM case_material WHERE party_id = $1 AND case_id = $2"
    " AND handed_at IS NOT NULL AND replaced_at IS NULL ORDER BY kind LIMIT 100"
)
OF_CASES_AT_ALL = frozenset({Scope.CASES_READ.value, Scope.CASES_WRITE.value})


async def of_case(event: CaseEvent, *, now: datetime) -> None:
    """Tell the mini-app that opened a case what happened to it, while the citizen's consent lasts."""
    told = OF_CASES.get(type(event))
    if told is not None:
        await _of_case(event, told, now=now)
    if type(event) in HANDING:
        await _of_case(event, public.MaterialsHandedOver, now=now)


async def _of_case(event: CaseEvent, told: type[CaseNews], *, now: datetime) -> None:
    assert event.party_id is not None, "every case is somebody's"
    found = await queries.concerned(event.party_id, event.case_id, told.type, now=now)
    if found is None or not OF_CASES_AT_ALL.intersection(found["scopes"]):
        return
    app_id, sub = found["app_id"], pairwise_sub(found["app_id"], event.party_id)
    facts = {name: found[name] or "" for name in ("number", "item", "state")}
    if Scope.CASES_READ not in found["scopes"]:
        facts = {}
    if told is public.MaterialsHandedOver:
        if Scope.MATERIALS_READ not in found["scopes"]:
            return
        kinds = [row["kind"] for row in await fetch(KINDS, event.party_id, event.case_id)]
        news: CaseNews = public.MaterialsHandedOver(
            sub=sub, at=event.at, case_id=event.case_id, kinds=kinds, **facts
        )
    else:
        news = told(sub=sub, at=event.at, case_id=event.case_id, **facts)
    await plan(news, app_id, line=UUID(sub), party_id=event.party_id, now=now)


async def of_grant(event: ConsentGranted, *, now: datetime) -> None:
    """Tell a mini-app what a citizen lets it do from now on, if it wants to hear that."""
    if not await queries.hears(event.app_id, public.ConsentGranted.type):
        return
    sub = pairwise_sub(event.app_id, event.party_id)
    news = public.ConsentGranted(sub=sub, at=event.at, client_id=event.app_id, scopes=event.scopes)
    await plan(news, event.app_id, line=UUID(sub), party_id=event.party_id, now=now)


async def of_withdrawal(event: ConsentWithdrawn, *, now: datetime) -> None:
    """Tell a mini-app or client what it lost, whether it wants to hear that or not."""
    sub = pairwise_sub(event.app_id, event.party_id)
    news = public.ConsentWithdrawn(
        sub=sub, at=event.at, client_id=event.app_id, withdrawn=event.withdrawn, remaining=event.remaining
    )
    await plan(news, event.app_id, line=UUID(sub), party_id=event.party_id, now=now)


async def of_version(
    version_id: UUID, told: type[ReleaseNews], *, at: datetime, now: datetime, stage: str = ""
) -> None:
    """Tell a mini-app, in both environments, what happened to a version of it."""
    more = {"stage": stage} if told is public.ReleasePromoted else {}
    for row in await queries.listening(version_id, told.type):
        news = told(at=at, app_id=row["app_id"], app_version=row["version"], **more)
        await plan(news, row["client_id"], line=NOBODY, now=now)
