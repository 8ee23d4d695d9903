"""A citizen who is signed in and has agreed to every client, and what the database holds."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import httpx

from identity import accounts
from identity.oidc import requests
from identity.sandbox import BY_KEY, FACE_CODE
from storage import clock
from tests.api.oidc.conftest import actor_of
from tests.api.oidc.relying import SCOPES, Browser, Rp, query_of

KINDS = ("basic", "key", "public", "dpop", "fapi2", "other")
ALL = " ".join(SCOPES)

DIGEST = """
SELECT string_agg(format(
  'SELECT %L AS name, md5(string_agg(t::text, %L ORDER BY t::text)) AS held FROM %I AS t',
  tablename, ',', tablename), ' UNION ALL ')
FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'clock_shift'
"""


@dataclass
class Time:
    """The machine's clock, `ahead` by so much, or standing still."""

    ahead: timedelta = timedelta(0)
    still: datetime | None = None

    def now(self) -> datetime:
        return self.still or datetime.now(UTC) + self.ahead


@dataclass
class World:
    """One database, one server, everybody who takes part."""

    http: httpx.AsyncClient
    tables: asyncpg.Connection
    time: Time
    rps: dict[str, Rp] = field(default_factory=dict)
    digest: str = ""
    browser: Browser = None  # type: ignore[assignment]

    def __getitem__(self, kind: str) -> Rp:
        return self.rps[kind]

    async def held(self) -> dict[str, str | None]:
        """What every table holds, as a hash."""
        self.digest = self.digest or await self.tables.fetchval(DIGEST)
        return {row["name"]: row["held"] for row in await self.tables.fetch(self.digest)}

    @asynccontextmanager
    async def unwritten(self, *besides: str) -> AsyncIterator[None]:
        """Nothing is written meanwhile, but perhaps to the tables `besides`."""
        before = await self.held()
        yield
        await self.check(before, *besides)

    async def check(self, before: dict[str, str | None], *besides: str) -> None:
        """Nothing was written since, but perhaps to the tables `besides`."""
        after = await self.held()
        changed = {name for name in after if after[name] != before[name]}
        assert changed <= set(besides), f"written to {', '.join(sorted(changed - set(besides)))}"

    async def enter(self, persona: str = "wang_fang") -> Browser:
        """A browser of its own, freshly signed in."""
        who = BY_KEY[persona]
        form = {"id_number": who.number, "name": who.name, "face": FACE_CODE}
        token, *_ = await accounts.sign_in(
            "face", form, address="127.0.0.1", device="tests", now=await clock.now()
        )
        return Browser(self.http, token)

    async def ask(self, rp: Rp, browser: Browser | None = None, **changes: Any) -> httpx.Response:
        """Bring a request as a valid one is brought, with some things changed."""
        asked = rp.request(**changes)
        if rp is self.rps.get("fapi2"):
            asked = {"client_id": rp.client_id, "request_uri": await rp.push(**changes)}
        return await (browser or self.browser).get("/oauth/authorize", asked)

    async def agree(self, rp: Rp, browser: Browser, **changes: Any) -> str:
        """Bring a request and agree to all of it: the code."""
        answer = await self.ask(rp, browser, **changes)
        waiting, actor = query_of(answer)["request"], await actor_of(session_of(browser))
        now = await clock.now()
        looked = await requests.look(actor, waiting, visitor=browser.visitor, now=now)
        keys = {claim.key for claim in looked.claims}
        url = await requests.grant(actor, waiting, keys, visitor=browser.visitor, now=now)
        return query_of(httpx.Response(303, headers={"location": url}))["code"]

    async def code(self, rp: Rp, browser: Browser | None = None, **changes: Any) -> str:
        """A code for a client that is agreed to already."""
        back = query_of(await self.ask(rp, browser, **changes))
        assert "code" in back, back
        return back["code"]

    async def given(self, rp: Rp, browser: Browser | None = None, **changes: Any) -> dict[str, Any]:
        """Tokens for a client that is agreed to already."""
        answer = await rp.redeem(await self.code(rp, browser, **changes))
        assert answer.status_code == 200, answer.text
        return dict(answer.json())


def session_of(browser: Browser) -> str:
    """The session's token that a browser keeps."""
    return browser.cookies["banshi_session"]
