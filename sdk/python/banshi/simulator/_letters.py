"""What a mini-app writes to invented citizens, and what they granted it: as the platform has it."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec

from banshi.errors import InvalidInput, KeyReused, NotSignedIn, ScopeMissing
from banshi.manifest import Manifest
from banshi.notices import NoticeDraft, check_key, check_room, fit
from banshi.scopes import GRANTABLE, Scope
from banshi.serving import Citizen

Answered = Callable[[Citizen, Mapping[str, Any]], Any]


class _Told(NamedTuple):
    draft: NoticeDraft
    at: datetime


class Letters:
    """Inboxes of invented citizens, with what the mini-app of this manifest wrote, and their consents."""

    def __init__(self, made: Callable[[], Manifest], given_back: dict[str, frozenset[str]]) -> None:
        self._made = made
        self._given_back = given_back  # by citizen: what the mini-app has no more
        self._told: dict[str, dict[str, _Told]] = {}  # by citizen and key
        self._since = datetime.now(UTC)
        self.answers: dict[str, Answered] = {
            "sendNotice": self.send, "notices": self.inbox, "unreadNotices": self.unread,
            "appConsent": self.consent, "giveBackConsent": self.give_back,
        }  # fmt: skip
        """What the platform's API answers, by root field."""

    def send(self, citizen: Citizen, given: Mapping[str, Any]) -> dict[str, Any]:
        """Tell one notice.

        Raises: ScopeMissing, InvalidInput, NoticeUnfit, KeyReused, NoticesSpent.
        """
        _need(citizen, Scope.NOTICES_SEND)
        key, now = str(given["key"]), datetime.now(UTC)
        check_key(key)
        draft = fit(self._made(), msgspec.convert(given["notice"], NoticeDraft))
        told = self._told.setdefault(citizen.sub, {})
        held = told.get(key)
        if held is not None and held.draft != draft:
            raise KeyReused
        if held is None:
            check_room([each.at for each in told.values()], now=now)
            held = told[key] = _Told(draft, now)
        return {"key": key, "sentAt": held.at.isoformat()}

    def inbox(self, citizen: Citizen, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return nothing: what the mini-app wrote is the citizen's to see.  Raises: ScopeMissing."""
        _need(citizen, Scope.NOTICES_READ)
        return {"edges": [], "pageInfo": {"hasNextPage": False, "endCursor": None}}

    def unread(self, citizen: Citizen, given: Mapping[str, Any]) -> int:
        """Return how many of what `inbox` shows are unread.  Raises: ScopeMissing."""
        _need(citizen, Scope.NOTICES_READ)
        return 0

    def consent(self, citizen: Citizen, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the citizen granted.  Raises: NotSignedIn when that is nothing any more."""
        if not citizen.scopes and citizen.sub in self._given_back:
            raise NotSignedIn
        return self._consent(citizen.scopes)

    def give_back(self, citizen: Citizen, given: Mapping[str, Any]) -> dict[str, Any]:
        """Take from the mini-app what it gives back.  Raises: NotSignedIn, InvalidInput."""
        self.consent(citizen, given)
        wanted = given.get("scopes")
        for scope in wanted or ():
            if scope not in GRANTABLE:
                raise InvalidInput(field="scopes", problem=f"{scope[:40]!r} is no scope of mini-apps")
        lost = citizen.scopes if wanted is None else citizen.scopes.intersection(wanted)
        self._given_back[citizen.sub] = self._given_back.get(citizen.sub, frozenset()) | lost
        return self._consent(citizen.scopes - lost)

    def _consent(self, scopes: frozenset[str]) -> dict[str, Any]:
        made = self._made()
        told = [{"scope": scope, "reason": made.scopes.get(scope, "")} for scope in sorted(scopes)]
        since = self._since.isoformat() if scopes else None
        return {"appId": made.id, "scopes": told, "since": since, "until": None}


def _need(citizen: Citizen, scope: Scope) -> None:
    if not citizen.may(scope):
        raise ScopeMissing(scope=scope)
