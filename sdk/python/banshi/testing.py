"""Trying a mini-app without a network: invented citizens, and a platform that calls as the real one does.

async with app.test_client(citizen=fake.adult(level=3), elder=True) as client:
    answer = await client.call("rent.check", {"rent": 3000})

`Simulator`, which `app.test_client(…)` gives, calls by way of the gateway's checks: what the manifest does
not say never reaches the handler.  `TestClient` calls the back end alone, with tokens as wrong as a test
wants them.  What a handler does for the citizen at the platform is answered by `Played`, which says what
nobody plays; `platform.asked` of it tells what it was asked.
"""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Self

import httpx
import msgspec

from banshi import events, signing
from banshi.calls import Answer
from banshi.errors import DomainError
from banshi.events import PublicEvent
from banshi.platform import Acting
from banshi.serving import Citizen, Keys, MiniApp, SqliteInbox
from banshi.simulator import Gateway, Played, issuing

PLATFORM = "http://platform.test"


class CallRefused(Exception):
    """A call was refused; `code` and `data` are what the platform would pass on."""

    def __init__(self, status: int, error: Mapping[str, Any]) -> None:
        self.status, self.code, self.data = status, error["code"], error.get("data", {})
        super().__init__(f"{status} {self.code}: {error.get('message', '')}")


class Fakes:
    """Invented citizens; nobody bears their names or numbers."""

    def adult(self, *, level: int = 3, region: str = "330106", scopes: Iterable[str] = ()) -> Citizen:
        """Return a grown-up; without `scopes` he agrees to all that the manifest asks for."""
        return Citizen(sub=uuid.uuid4().hex, level=level, region=region, scopes=frozenset(scopes))

    def elder(self, **rest: Any) -> Citizen:
        """Return somebody who uses elder mode."""
        return replace(self.adult(**rest), elder=True)


fake = Fakes()


class TestClient:
    """Calls a mini-app as the platform does, on behalf of one citizen."""

    __test__ = False  # not pytest's

    def __init__(
        self, app: MiniApp, *, citizen: Citizen, elder: bool | None = None, platform: Played | None = None
    ) -> None:
        self.app = app
        self.platform = platform or Played()
        self.platform.made = self.platform.made or app.manifest
        agreed = citizen.scopes or frozenset(app.manifest.scopes)
        self.citizen = replace(citizen, scopes=agreed, elder=citizen.elder if elder is None else elder)
        self.secret = signing.new_secret()
        self.issuer = issuing(PLATFORM, app.manifest.id)
        self._folder = TemporaryDirectory()
        self.inbox = SqliteInbox(Path(self._folder.name) / "inbox.sqlite")
        keys = Keys(self._published)
        self.server = app.asgi(platform=PLATFORM, secrets=[self.secret], inbox=self.inbox, keys=keys)
        self.server.door.acting = Acting(PLATFORM, transport=self.platform.transport)
        self._http = httpx.AsyncClient(transport=httpx.ASGITransport(self.server), base_url="http://app.test")

    async def __aenter__(self) -> Self:
        """Begin; nothing is to be connected."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Forget what was delivered."""
        await self._http.aclose()
        self.inbox.close()
        self._folder.cleanup()

    async def _published(self) -> Any:
        return self.issuer.published()

    def token(self, api: str, /, **changes: Any) -> str:
        """Return a session token for one call; `changes` are claims that are to be other."""
        return self.issuer.token(self.citizen, api, **changes)

    async def call(self, api: str, ask: Any, /, **claims: Any) -> Any:
        """Return what an API answers.

        Raises: CallRefused.
        """
        token = self.token(api, **claims)
        answer = await self._send(token, api, msgspec.json.encode(ask), {})
        body = msgspec.json.decode(answer.body)
        if answer.status != 200:
            raise CallRefused(answer.status, body["error"])
        return body

    async def _send(self, token: str, api: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        shown = {**headers, "authorization": f"Bearer {token}"}
        answer = await self._http.post(f"/apis/{api}", content=body, headers=shown)
        return Answer(answer.status_code, answer.content)

    async def deliver(self, event: PublicEvent, *, id: str | None = None) -> bool:
        """Deliver an event and work on what is due; return whether it was new.

        Raises: CallRefused; whatever the handler raises is logged, and the delivery stays due.
        """
        now = datetime.now(UTC)
        body = events.body(event)
        told = signing.headers([self.secret], message_id=id or uuid.uuid4().hex, at=now, body=body)
        answer = await self._http.post("/events", content=body, headers=told)
        if answer.status_code != 202:
            raise CallRefused(answer.status_code, answer.json()["error"])
        while (delivery := await self.inbox.due()) is not None:
            await self.server.work_on(self.inbox, delivery)
        return bool(answer.json()["stored"])


class Simulator(TestClient):
    """Calls a mini-app by way of the gateway's checks, which are the platform's own."""

    __test__ = False

    def __init__(
        self, app: MiniApp, *, citizen: Citizen, elder: bool | None = None, platform: Played | None = None
    ) -> None:
        super().__init__(app, citizen=citizen, elder=elder, platform=platform)
        self.gateway = Gateway(app.manifest, self._pass_on)

    async def _pass_on(self, citizen: Citizen, api: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        return await self._send(self.issuer.token(citizen, api), api, body, headers)

    async def call(self, api: str, ask: Any, /, **claims: Any) -> Any:
        """Return what an API answers; `claims` are facts of the citizen that are to be other.

        Raises: CallRefused, with the codes of the platform's gateway.
        """
        citizen = replace(self.citizen, **claims)
        answer = await self.gateway.call(citizen, api, msgspec.json.encode(ask))
        body = msgspec.json.decode(answer.body)
        if answer.status != 200:
            first = body["errors"][0]
            raise CallRefused(answer.status, {**first["extensions"], "message": first["message"]})
        return body


__all__ = ["CallRefused", "DomainError", "Played", "Simulator", "TestClient", "fake"]
