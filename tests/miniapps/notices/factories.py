"""Owners of inboxes, and what they are told."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from identity.actor import Actor
from identity.roles import SCOPES, Role
from miniapps.notices import service
from storage.ids import new_id

NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)


def a_citizen(app_id: str | None = None) -> Actor:
    """A citizen who acts for herself, perhaps through a mini-app."""
    person = new_id()
    return Actor(
        person_id=person,
        acting_for=person,
        roles=frozenset({Role.CITIZEN}),
        scopes=SCOPES[Role.CITIZEN],
        level=3,
        app_id=app_id,
    )


async def tell(party_id: UUID, *, key: str = "test", now: datetime = NOW, **rest: Any) -> None:
    """Tell a party something of no matter."""
    rest = {"kind": "test.told", "title": "标题", "body": "内容"} | rest
    await service.tell(party_id, key=key, now=now, **rest)
