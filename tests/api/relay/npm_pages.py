"""A mini-app whose page knows the old gateway alone, and what opens it: jsdom, and Chromium."""

import asyncio
import json
import shutil
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import Page, async_playwright

from banshi import package
from banshi.manifest import read
from banshi.package import MANIFEST
from identity.roles import Role
from miniapps.catalog import service as catalog
from miniapps.catalog.service import packages
from storage import objects
from tests.api.conftest import an_actor, as_operator
from tests.api.relay.conftest import TEXT, World
from tests.browser.looking import FLAGS, POPUPS
from tests.miniapps.catalog.factories import signed, the_department
from tests.miniapps.catalog.packed import NOON, PEM, sent, trust

HERE = Path(__file__).parents[2] / "mgop"  # the npm package, and what runs in a page
AT_HOME = f"--disable-features={POPUPS},LocalNetworkAccessChecks"  # a page of a test's is from no address
HTML = b"<!doctype html><html lang=zh-CN><meta charset=utf-8><title>old</title><script src=page.js></script>"


async def released(script: bytes) -> None:
    """Give everybody the mini-app, by its package."""
    await objects.ensure_bucket()
    developer, text = an_actor(Role.DEVELOPER), TEXT.replace("https://rent.example", "/index.html")
    made = read(text)
    files = {"index.html": HTML, "page.js": script, MANIFEST: text.encode()}
    await the_department(made.department)
    await trust(developer)
    row, _ = await sent(developer, package.pack(made, files, PEM))
    await signed(developer, made.id, now=NOON)
    await catalog.gate_passed(row.id, now=NOON)
    packages.forget()
    await catalog.approve(as_operator(), row.id, now=NOON)
    await catalog.give(row.app, row.id, now=NOON)


class Opened(ABC):
    """A page that is open."""

    @abstractmethod
    async def run(self, name: str, *given: Any) -> Any:
        """Call what the page's script has put into the window under this name."""

    async def ask(self, api: str, data: Any, **header: str) -> Any:
        return await self.run("ask", api, data, header)


class InJsdom(Opened):
    """In a program of its own."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    async def run(self, name: str, *given: Any) -> Any:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(json.dumps({"name": name, "given": given}).encode() + b"\n")
        async with asyncio.timeout(30):
            return json.loads(await self.process.stdout.readline())


class InChromium(Opened):
    """In a frame of the platform's page."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def run(self, name: str, *given: Any) -> Any:
        [frame] = self.page.main_frame.child_frames
        return json.loads(await frame.evaluate("([name, given]) => window[name](...given)", [name, given]))


@asynccontextmanager
async def in_jsdom(world: World, address: str) -> AsyncIterator[Opened]:
    process = await asyncio.create_subprocess_exec(
        "node",
        "in_jsdom.cjs",
        address,
        cwd=HERE,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield InJsdom(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@asynccontextmanager
async def in_chromium(world: World, address: str) -> AsyncIterator[Opened]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=[*FLAGS, AT_HOME]
        )
        page = await browser.new_page()
        framed = f"<!doctype html><title>host</title><iframe src='{address}'></iframe>"
        await page.route("**/host", lambda route: route.fulfill(body=framed, content_type="text/html"))
        await page.goto(f"{world.urls[0]}/host", wait_until="networkidle")
        try:
            yield InChromium(page)
        finally:
            await browser.close()
