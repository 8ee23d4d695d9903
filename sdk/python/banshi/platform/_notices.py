"""Messages: the citizen's inbox as far as the mini-app may see it, and what it writes into it.

    await platform.notices.send("材料已收到", "三个工作日内答复您。", page="/index.html", key=case.number)

When no call is under way, by the credential of production and `citizen.sub`, which the mini-app kept:

    async with AsApp("https://platform.example", "rent-app:secret") as app:
        await app.notices.send(sub, "申请已办结", "证书可以领取了。", key=f"done {case}")

The citizen agreed to `notices:send`, may mute the mini-app, and is told by it five times a day at most.
"""

import os
import uuid
from collections.abc import AsyncIterator
from types import TracebackType
from typing import Any, Self
from uuid import UUID

import httpx
import msgspec

from banshi.client import Platform
from banshi.notices import NoticeDraft
from banshi.platform._part import Part, listing
from banshi.platform._types import Notice, SentNotice, selection

NOTICES = listing("notices", Notice, ", $unread: Boolean!", ", unreadOnly: $unread")
UNREAD = "query { unreadNotices }"
SEND = (
    "mutation ($notice: NoticeDraft!, $key: String!)"
    f" {{ sendNotice(notice: $notice, idempotencyKey: $key) {{ {selection(SentNotice)} }} }}"
)
DOCUMENTS = (NOTICES, UNREAD, SEND)


class Notices(Part):
    """The citizen's inbox; scopes notices:read, notices:send."""

    def each(self, *, unread: bool = False) -> AsyncIterator[Notice]:
        """Yield his messages, newest first."""
        return self._each(Notice, NOTICES, "notices", unread=unread)

    async def unread(self) -> int:
        """Return how many he has not read."""
        return int((await self._platform.graphql(UNREAD))["unreadNotices"])

    async def send(
        self, title: str, body: str, *, page: str | None = None, key: str | None = None
    ) -> SentNotice:
        """Put a notice into his inbox; the same `key` (1–100 characters of ASCII) tells it once.

        Shape: `title` to 30 characters and `body` to 200, plain text without numbers of persons and without
            addresses; `page` is one of the manifest's `pages`.
        Raises: ConsentWanted; invalid.NoticeUnfit; busy.NoticesSpent and busy.RateLimited with
            `retry_after_s`; conflict.IdempotencyKeyReused.
        """
        draft = NoticeDraft(title, body, page)
        return await self._one(SentNotice, SEND, "sendNotice", notice=draft, key=key or uuid.uuid4().hex)


class LaterNotices:
    """Notices to citizens who are not there, each by the `sub` that the mini-app knows him by."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    async def send(
        self, sub: str, title: str, body: str, *, page: str | None = None, key: str | None = None
    ) -> SentNotice:
        """Put a notice into the inbox of the citizen `sub`, as `Notices.send` does.

        Raises: ConsentWanted, too, when nobody is known by `sub`; unidentified.NotSignedIn when the
            credential is none.
        """
        letter: dict[str, Any] = {"sub": sub, "title": title, "body": body, "page": page}
        told = await self._platform.call("POST", "/apps/notices", {**letter, "key": key or uuid.uuid4().hex})
        return msgspec.convert(told, SentNotice)


class AsApp:
    """What a mini-app does at the platform in its own name, with its credential ("client id:secret").

    What is left out comes from the environment: MINIAPP_PLATFORM, MINIAPP_CREDENTIAL.
    """

    def __init__(
        self, url: str | None = None, credential: str | None = None, *, http: httpx.AsyncClient | None = None
    ) -> None:
        shown = credential or os.environ["MINIAPP_CREDENTIAL"]
        self.platform = Platform(url or os.environ["MINIAPP_PLATFORM"], credential=shown, http=http)
        self.notices = LaterNotices(self.platform)

    async def answer(self, request_id: UUID, *, holds_nothing: bool = False) -> None:
        """Say that what a citizen wanted by `data.requested` or `data.erased` was done; twice is as once.

        Raises: missing.DataQuestionNotFound; unidentified.NotSignedIn when the credential is none.
        """
        outcome = "nothing" if holds_nothing else "done"
        told = {"request_id": str(request_id), "outcome": outcome}
        await self.platform.call("POST", "/apps/data-answers", told)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.platform.close()
