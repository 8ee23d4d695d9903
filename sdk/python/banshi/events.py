"""The news a mini-app may subscribe to: public types and their payloads.

Types are dotted past tense; a payload holds ids and times, never personal data.  A field may be
added within a version, never removed or changed.
"""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import msgspec


class PublicEvent(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened to a citizen who uses the mini-app; `sub` is his pairwise subject."""

    type: ClassVar[str]
    version: ClassVar[int] = 1
    sub: str
    at: datetime


class CaseNews(PublicEvent, frozen=True, kw_only=True):
    """News about one case the mini-app itself opened."""

    type: ClassVar[str] = "case.changed"
    case_id: UUID


class CaseSubmitted(CaseNews, frozen=True, kw_only=True):
    """The citizen handed the application in (收件)."""

    type: ClassVar[str] = "case.submitted"


class CaseAccepted(CaseNews, frozen=True, kw_only=True):
    """The department accepted it (受理); the statutory clock runs."""

    type: ClassVar[str] = "case.accepted"


class CaseDecided(CaseNews, frozen=True, kw_only=True):
    """The department granted or refused it (决定)."""

    type: ClassVar[str] = "case.decided"


class CaseCompleted(CaseNews, frozen=True, kw_only=True):
    """Nothing is left to do but deliver (办结)."""

    type: ClassVar[str] = "case.completed"


class ConsentWithdrawn(PublicEvent, frozen=True, kw_only=True):
    """The citizen took back what he had agreed to, or a part of it, or its time is over.

    Delete what you hold by it (PIPL Art. 47); tokens are worth nothing for it already.
    """

    type: ClassVar[str] = "consent.withdrawn"
    client_id: str
    withdrawn: list[str]  # scopes and claims, by name
    remaining: list[str]  # what he still agrees to


EVENTS: dict[str, type[PublicEvent]] = {
    event.type: event for event in (CaseSubmitted, CaseAccepted, CaseDecided, CaseCompleted, ConsentWithdrawn)
}
"""Every type a manifest may name under `events`."""


def body(news: PublicEvent) -> bytes:
    """Return the body of a webhook: `{type, version, timestamp, data}`, `data` being the other fields."""
    data = {name: getattr(news, name) for name in news.__struct_fields__ if name != "at"}
    told = {"type": news.type, "version": news.version, "timestamp": news.at, "data": data}
    return msgspec.json.encode(told)


class _Body(msgspec.Struct, frozen=True):
    type: str
    timestamp: datetime
    data: dict[str, Any]


def read(body: bytes) -> PublicEvent | None:
    """Return the news in the body of a webhook, as `body` makes it; None for a type unknown to this SDK.

    Raises: msgspec.DecodeError.
    """
    told = msgspec.json.decode(body, type=_Body)
    kind = EVENTS.get(told.type)
    return None if kind is None else msgspec.convert({**told.data, "at": told.timestamp}, kind)
