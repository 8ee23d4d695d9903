"""Versions in review, and those who review them."""

from datetime import UTC, datetime

from identity.actor import Actor
from miniapps.review import service
from miniapps.review.rules import Reason
from miniapps.review.tables import AppReview
from tests.miniapps.catalog.factories import handed_in

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)  # a Friday
WRONG = Reason(rule="house.flow", problem="提交以后没有回音", evidence="首页，填好后点“提交”")


async def queued(developer: Actor, *, now: datetime = NOON, **facts: str) -> AppReview:
    """A version of the developer's that waits for people."""
    version = await handed_in(developer, now, **facts)
    opened = await service.open_(version.id, now=now)
    assert opened is not None
    return opened


async def refused(developer: Actor, operator: Actor, *, now: datetime = NOON, **facts: str) -> AppReview:
    """A version that the operator refused."""
    row = await queued(developer, now=now, **facts)
    await service.claim(operator, row.id, now=now)
    return await service.refuse(operator, row.id, [WRONG], now=now)
