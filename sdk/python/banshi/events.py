"""The news a mini-app may subscribe to: public types and their payloads.

Types are dotted past tense; a payload holds ids, codes and times, never personal data.  A field may be
added within a version, never removed or changed.
"""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import msgspec


class PublicEvent(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened."""

    type: ClassVar[str]
    version: ClassVar[int] = 1
    at: datetime


class CitizenNews(PublicEvent, frozen=True, kw_only=True):
    """News about a citizen who uses the mini-app; `sub` is his pairwise subject."""

    sub: str


class CaseNews(CitizenNews, frozen=True, kw_only=True):
    """News about one case the mini-app itself opened; without `cases:read` the texts are empty."""

    type: ClassVar[str] = "case.changed"
    case_id: UUID
    number: str = ""  # 办件编号
    item: str = ""  # catalogue code of the item
    state: str = ""  # of the case when this was written; later news may say more


class CaseSubmitted(CaseNews, frozen=True, kw_only=True):
    """The citizen handed the application in (收件)."""

    type: ClassVar[str] = "case.submitted"


class CaseSupplementAsked(CaseNews, frozen=True, kw_only=True):
    """The department told once what is missing (补正告知)."""

    type: ClassVar[str] = "case.supplement_asked"


class CaseDeclined(CaseNews, frozen=True, kw_only=True):
    """The department did not accept it (不予受理)."""

    type: ClassVar[str] = "case.declined"


class CaseAccepted(CaseNews, frozen=True, kw_only=True):
    """The department accepted it (受理); the statutory clock runs."""

    type: ClassVar[str] = "case.accepted"


class CaseDecided(CaseNews, frozen=True, kw_only=True):
    """The department granted or refused it (决定)."""

    type: ClassVar[str] = "case.decided"


class CaseCompleted(CaseNews, frozen=True, kw_only=True):
    """Nothing is left to do but deliver (办结)."""

    type: ClassVar[str] = "case.completed"


class CaseDelivered(CaseNews, frozen=True, kw_only=True):
    """The result reached the citizen (送达)."""

    type: ClassVar[str] = "case.delivered"


class CaseWithdrawn(CaseNews, frozen=True, kw_only=True):
    """The citizen took the application back (撤回)."""

    type: ClassVar[str] = "case.withdrawn"


class CaseClosed(CaseNews, frozen=True, kw_only=True):
    """It ended otherwise: void (作废办结), or handed to another organ (转报办结)."""

    type: ClassVar[str] = "case.closed"


class MaterialsHandedOver(CaseNews, frozen=True, kw_only=True):
    """The citizen handed materials over with a case of the mini-app; needs `materials:read`, too."""

    type: ClassVar[str] = "materials.handed_over"
    kinds: list[str] = []  # as the item names them


class ConsentGranted(CitizenNews, frozen=True, kw_only=True):
    """The citizen agreed to something, for the first time or anew."""

    type: ClassVar[str] = "consent.granted"
    client_id: str
    scopes: list[str]  # all that he agrees to now


class ConsentWithdrawn(CitizenNews, frozen=True, kw_only=True):
    """The citizen took back what he had agreed to, or a part of it, or its time is over.

    Delete what you hold by it (PIPL Art. 47); tokens are worth nothing for it already.
    """

    type: ClassVar[str] = "consent.withdrawn"
    client_id: str
    withdrawn: list[str]  # scopes and claims, by name
    remaining: list[str]  # what he still agrees to


class DataNews(CitizenNews, frozen=True, kw_only=True):
    """The citizen uses a right over his data: do it, and say so before `due_at`."""

    type: ClassVar[str] = "data.concerned"
    request_id: UUID  # name it in the answer
    due_at: datetime


class DataRequested(DataNews, frozen=True, kw_only=True):
    """The citizen wants a copy of what is held of him (PIPL Art. 45)."""

    type: ClassVar[str] = "data.requested"


class DataErased(DataNews, frozen=True, kw_only=True):
    """The citizen has left the platform (注销): delete all that is held of him (PIPL Art. 47)."""

    type: ClassVar[str] = "data.erased"


class ReleaseNews(PublicEvent, frozen=True, kw_only=True):
    """News about a version of the mini-app itself; of no citizen."""

    type: ClassVar[str] = "release.changed"
    app_id: str
    app_version: str


class ReleaseApproved(ReleaseNews, frozen=True, kw_only=True):
    """The version passed its review."""

    type: ClassVar[str] = "release.approved"


class ReleasePromoted(ReleaseNews, frozen=True, kw_only=True):
    """More citizens have the version; `stage` says how far it is."""

    type: ClassVar[str] = "release.promoted"
    stage: str


class ReleaseRolledBack(ReleaseNews, frozen=True, kw_only=True):
    """Everybody has this version again."""

    type: ClassVar[str] = "release.rolled_back"


class ReleaseHalted(ReleaseNews, frozen=True, kw_only=True):
    """The version erred too much and was taken back by itself."""

    type: ClassVar[str] = "release.halted"


class ReleaseKilled(ReleaseNews, frozen=True, kw_only=True):
    """The version was switched off, by itself or with the whole mini-app."""

    type: ClassVar[str] = "release.killed"


EVENTS: dict[str, type[PublicEvent]] = {
    event.type: event
    for event in (
        CaseSubmitted, CaseSupplementAsked, CaseDeclined, CaseAccepted, CaseDecided, CaseCompleted,
        CaseDelivered, CaseWithdrawn, CaseClosed, MaterialsHandedOver, ConsentGranted, ConsentWithdrawn,
        DataRequested, DataErased, ReleaseApproved, ReleasePromoted, ReleaseRolledBack, ReleaseHalted,
        ReleaseKilled,
    )
}  # fmt: skip
"""Every type a manifest may name under `events`."""

MANDATORY = frozenset(event.type for event in (ConsentWithdrawn, DataRequested, DataErased))
"""What a mini-app that knows citizens is told whether its manifest names it or not."""


class Told(msgspec.Struct, frozen=True):
    """What the body of a webhook says of itself."""

    type: str
    timestamp: datetime
    data: dict[str, Any]
    test: bool = False  # a try of the address: it is of nobody


def body(news: PublicEvent, *, test: bool = False) -> bytes:
    """Return the body of a webhook: `{type, version, timestamp, data}`, `data` being the other fields.

    One that is only a test has `"test": true` besides.
    """
    data = {name: getattr(news, name) for name in news.__struct_fields__ if name != "at"}
    told = {"type": news.type, "version": news.version, "timestamp": news.at, "data": data}
    return msgspec.json.encode(told | ({"test": True} if test else {}))


def told(body: bytes) -> Told:
    """Return what the body of a webhook says, whatever its type.

    Raises: msgspec.DecodeError.
    """
    return msgspec.json.decode(body, type=Told)


def read(body: bytes) -> PublicEvent | None:
    """Return the news in the body of a webhook, as `body` makes it; None for a type unknown to this SDK.

    Raises: msgspec.DecodeError.
    """
    said = told(body)
    kind = EVENTS.get(said.type)
    return None if kind is None else msgspec.convert({**said.data, "at": said.timestamp}, kind)
