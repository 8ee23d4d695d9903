"""Reviews in the world of the authorization matrix: one that waits, one that is claimed, one that refused."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

import msgspec

from banshi.findings import Finding
from identity.actor import Actor
from miniapps.catalog.tables import MiniAppVersion
from miniapps.review import service
from miniapps.review.rules import LookState, Reason
from miniapps.review.tables import AppLook, AppReview
from storage.ids import new_id
from tests.miniapps.catalog.factories import handed_in

REASON = {"rule": "house.flow", "problem": "提交以后没有回音", "evidence": "首页，填好后点“提交”"}


async def some_reviews(actors: dict[str, Actor], waiting: UUID, now: datetime) -> dict[str, str]:
    """Build them; `waiting` is a version of the developer that is queued."""
    developer, operator = actors["developer"], actors["operator"]
    opened = await service.open_(waiting, now=now)
    assert opened is not None
    await _looked_at(waiting, now)
    claimed = await _opened(developer, "claimed-app", now)
    await service.claim(operator, claimed.id, now=now)
    refused = await _opened(developer, "refused-app", now)
    another = replace(operator, person_id=new_id())
    await service.claim(another, refused.id, now=now)
    await service.refuse(another, refused.id, [Reason(**REASON)], now=now)
    return {
        "review": str(opened.id),
        "claimed review": str(claimed.id),
        "refused version": str(refused.version_id),
    }


async def _opened(developer: Actor, app_id: str, now: datetime) -> AppReview:
    version = await handed_in(developer, now, id=app_id)
    opened = await service.open_(version.id, now=now)
    assert opened is not None
    return opened


async def _looked_at(version_id: UUID, now: datetime) -> None:
    version = await MiniAppVersion.objects().get(MiniAppVersion.id == version_id)
    assert version is not None
    found = Finding(
        rule="page.paragraphs", file="index.html", problem="近", fix="margin", selector="p", shot="a.png"
    )
    made = AppLook(
        version_id=version_id, team_id=version.team_id, state=LookState.DONE, began_at=now, done_at=now,
        took_ms=9, found=1, findings=msgspec.json.encode([found]).decode(), shots='["a.png"]',
    )  # fmt: skip
    await made.save()
