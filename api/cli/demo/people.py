"""Who takes part: citizens drawn from the seed, and the sandbox's staff, each signed in over HTTP."""

import asyncio
import hashlib
import random
import time
from collections.abc import Awaitable, Callable
from typing import Any, Self
from uuid import uuid4

import httpx

from api.cli.demo import documents
from api.cli.demo.papers import Paper
from banshi.client import Platform

PATIENCE_S = 30.0
Data = dict[str, Any]


class Person:
    """One signed-in person with a connection of his own."""

    def __init__(self, url: str, told: Data) -> None:
        self.told = told
        self.name = str(told["name"])
        self.platform = Platform(url)

    async def sign_in(self) -> Self:
        """Sign in with the ID card, in the context the sandbox suggests."""
        await self.platform.sign_in(self.told["sign_in"])
        return self

    async def ask(self, document: str, **variables: Any) -> Data:
        """Run one operation as this person."""
        return await self.platform.graphql(document, variables)

    async def ask_until(
        self,
        document: str,
        good: Callable[[Data], bool],
        *,
        what: str,
        patience_s: float = PATIENCE_S,
        **variables: Any,
    ) -> Data:
        """Ask again until the answer is good.

        Raises:
            AssertionError: it was not after `patience_s` seconds; the last answer is shown.
        """
        until = time.monotonic() + patience_s
        while True:
            data = await self.ask(document, **variables)
            if good(data):
                return data
            assert time.monotonic() < until, f"{what} did not happen within {patience_s:.0f} s: {data}"
            await asyncio.sleep(0.1)

    async def give(self, paper: Paper) -> None:
        """Upload a file straight to the store, and wait until it was checked and locked away."""
        form = await self.ask(
            documents.REQUEST_UPLOAD, kind=paper.kind, title=paper.title, mediaType=paper.media_type,
            size=len(paper.content), sha256=hashlib.sha256(paper.content).hexdigest(), key=uuid4().hex,
        )  # fmt: skip
        asked = form["requestUpload"]
        fields = {field["name"]: field["value"] for field in asked["fields"]}
        async with httpx.AsyncClient(timeout=30, trust_env=False) as phone:
            sent = await phone.post(asked["url"], data=fields, files={"file": paper.content})
        assert sent.is_success, f"the store refused {paper.title}: HTTP {sent.status_code}"
        upload = asked["upload"]["id"]
        await self.ask(documents.COMPLETE_UPLOAD, id=upload)
        done = await self.ask_until(
            documents.UPLOAD, lambda data: data["upload"]["state"] in ("AVAILABLE", "REFUSED"),
            what=f"checking {paper.title}", id=upload,
        )  # fmt: skip
        assert done["upload"]["state"] == "AVAILABLE", (
            f"{paper.title} was refused: {done['upload']['reason']}"
        )

    async def close(self) -> None:
        """Close the connection."""
        await self.platform.close()


class Cast:
    """Everybody on stage."""

    def __init__(self, url: str, draw: random.Random) -> None:
        self.url = url
        self.draw = draw
        self.people: list[Person] = []

    async def citizen(self) -> Person:
        """Draw a registered citizen of the sandbox and sign him in."""
        return await self._enter(await self._get(f"/sandbox/citizens/{self.draw.randrange(2**40)}"))

    async def staff(self, key: str) -> Person:
        """Sign in a staff persona, e.g. `clerk_public_security`."""
        personas = await self._get("/sandbox/personas")
        return await self._enter(next(persona for persona in personas if persona["key"] == key))

    async def clock(self) -> Data:
        """Return the platform's time."""
        return dict(await self._get("/sandbox/clock"))

    async def move_clock(self, maintainer: Person, seconds: int) -> None:
        """Move the platform's clock; sessions end with that, so everybody signs in again."""
        await maintainer.platform.call("POST", "/sandbox/clock", {"by_s": seconds})
        await self.sign_in_again()

    async def _enter(self, told: Data) -> Person:
        person = await Person(self.url, told).sign_in()
        self.people.append(person)
        return person

    async def _get(self, path: str) -> Any:
        async with httpx.AsyncClient(timeout=30, trust_env=False) as http:
            return (await http.get(self.url + path)).raise_for_status().json()

    async def sign_in_again(self) -> None:
        """Everybody signs in anew: moving the clock has ended the sessions."""
        await self._each(Person.sign_in)

    async def leave(self) -> None:
        """Close every connection."""
        await self._each(Person.close)

    async def _each(self, act: Callable[[Person], Awaitable[object]]) -> None:
        for person in self.people:
            await act(person)
