"""Trying a mini-app without a network: invented citizens, and a platform that calls as the real one does.

client = TestClient(app, citizen=fake.adult(level=3), elder=True)
answer = await client.call("rent.check", {"rent": 3000})
"""

import time
import uuid
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Self

import httpx
import msgspec
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from banshi import events, signing
from banshi.errors import DomainError
from banshi.events import PublicEvent
from banshi.serving import Citizen, Keys, MiniApp, SqliteInbox

PLATFORM = "http://platform.test"


class CallRefused(Exception):
    """The mini-app refused a call; `code` and `data` are what the platform would pass on."""

    def __init__(self, status: int, error: dict[str, Any]) -> None:
        self.status, self.code, self.data = status, error["code"], error.get("data", {})
        super().__init__(f"{status} {self.code}: {error['message']}")


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

    def __init__(self, app: MiniApp, *, citizen: Citizen, elder: bool | None = None) -> None:
        self.app = app
        agreed = citizen.scopes or frozenset(app.manifest.scopes)
        self.citizen = replace(citizen, scopes=agreed, elder=citizen.elder if elder is None else elder)
        self.secret = signing.new_secret()
        self._key = ECKey.generate_key("P-256", parameters={"kid": "test"})
        self._folder = TemporaryDirectory()
        self.inbox = SqliteInbox(Path(self._folder.name) / "inbox.sqlite")
        keys = Keys(self._published)
        self.server = app.asgi(platform=PLATFORM, secrets=[self.secret], inbox=self.inbox, keys=keys)
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
        return KeySet([self._key]).as_dict()

    def token(self, api: str, /, **changes: Any) -> str:
        """Return a session token for one call; `changes` are claims that are to be other."""
        who, now = self.citizen, int(time.time())
        claims = {
            "iss": PLATFORM, "aud": self.app.manifest.id, "sub": who.sub, "iat": now, "exp": now + 60,
            "jti": uuid.uuid4().hex, "api": api, "scope": " ".join(sorted(who.scopes)), "level": who.level,
            "region": who.region, "elder": who.elder, **who.claims,
        }  # fmt: skip
        made = {name: value for name, value in {**claims, **changes}.items() if value is not None}
        return jwt.encode({"alg": "ES256", "kid": "test"}, made, self._key)

    async def call(self, api: str, ask: Any, /, **claims: Any) -> Any:
        """Return what an API answers.

        Raises: CallRefused.
        """
        answer = await self._http.post(
            f"/apis/{api}",
            content=msgspec.json.encode(ask),
            headers={"authorization": f"Bearer {self.token(api, **claims)}"},
        )
        body = answer.json()
        if answer.status_code != 200:
            raise CallRefused(answer.status_code, body["error"])
        return body

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


__all__ = ["CallRefused", "DomainError", "TestClient", "fake"]
