"""What goes between an old page and its origin, read beside it; and what the platform counts of that page."""

import asyncio
import json
import random
from collections import Counter
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Error, Page, Request

from api.cli.demo.people import Cast
from api.cli.demo.platform import DemoPlatform

WRITTEN_S = 1.5  # a process writes what it counted once a second
READ = ("/beacon", "/h5/enter", "/h5/mgop")
USAGE = "query ($app: String!) { miniAppUsage(appId: $app) { counts { pageViews pageEvents pageErrors } } }"


class Wire:
    """What a page sends to its origin, and how its calls by the old gateway end."""

    def __init__(self, page: Page) -> None:
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self.rs: list[int] = []
        page.on("request", self._asked)
        page.on("requestfinished", self._answered)

    def bodies(self, path: str) -> list[dict[str, Any]]:
        """Return what was sent to a path."""
        return [body for there, body in self.sent if there == path]

    async def settled(self, rs: int) -> None:
        """Wait until a call has ended so: a page goes on before its answers are read here."""
        async with asyncio.timeout(10):
            while rs not in self.rs:
                await asyncio.sleep(0.02)

    def _asked(self, request: Request) -> None:
        path = urlsplit(request.url).path
        if path in READ:
            self.sent.append((path, json.loads(request.post_data or "{}")))

    async def _answered(self, request: Request) -> None:
        if urlsplit(request.url).path != "/h5/mgop":
            return
        answer = await request.response()
        with suppress(Error):  # the page was closed meanwhile
            self.rs.append(int((await answer.json())["rs"]) if answer else 0)


async def settled(platform: DemoPlatform, app: str) -> Counter[str]:
    """Return what is counted once nothing more has come for longer than a process keeps it to itself."""
    now, before = await counted(platform, app), None
    while now != before:
        await asyncio.sleep(WRITTEN_S)
        now, before = await counted(platform, app), now
    return now


async def counted(platform: DemoPlatform, app: str, least: int = 0) -> Counter[str]:
    """Return what its team finds counted of a mini-app's pages, once it is so much."""
    cast = Cast(platform.url, random.Random(7))
    try:
        developer = await cast.staff("developer")
        for _ in range(50):
            told = (await developer.ask(USAGE, app=app))["miniAppUsage"]
            found = sum((Counter(each["counts"]) for each in told), Counter[str]())
            if found.total() >= least:
                break
            await asyncio.sleep(0.2)
        return found
    finally:
        await cast.leave()
