"""A citizen's browser and a client's program, brought together.

The program writes a line when it wants the browser to open a link, and reads where the browser came back to.
"""

import asyncio
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urljoin

import httpx

from bench.sign_in.browser import form_with, forms
from identity.sandbox import BY_KEY, FACE_CODE

HERE = Path(__file__).parent
CALLBACK = "https://client.example/callback"
GOODBYE = "https://client.example/goodbye"


class CitizensBrowser:
    """A browser that fills in our forms without a script."""

    def __init__(self, client: httpx.AsyncClient, persona: str = "wang_fang") -> None:
        self.client = client
        self.persona = BY_KEY[persona]

    async def open(self, link: str) -> str | None:
        """Open a link and do what a willing citizen does; return where a client's page would load."""
        answer, at = await self._follow(await self.client.get(link), link)
        for _ in range(5):
            if not at.startswith(str(self.client.base_url)):
                return at
            sent = await self._fill(answer, at)
            if sent is None:
                return None
            answer, at = await self._follow(*sent)
        raise AssertionError(f"the forms do not end: {at}")

    async def _fill(self, answer: httpx.Response, at: str) -> tuple[httpx.Response, str] | None:
        page = answer.text
        signing_in, consent = form_with(page, "id_number"), form_with(page, "answer")
        if signing_in is not None:
            typed = {
                "id_number": self.persona.number,
                "name": self.persona.name,
                "method": "face",
                "face": FACE_CODE,
            }
            return await self._send(signing_in.action or at, signing_in.filled(typed), at)
        if consent is not None:
            return await self._send(consent.action or at, consent.filled({"answer": "grant"}), at)
        leaving = [form for form in forms(page) if "logout" in form.action or "sign-out" in form.action]
        return await self._send(leaving[0].action, leaving[0].filled({}), at) if leaving else None

    async def _send(
        self, action: str, form: Sequence[tuple[str, str]], at: str
    ) -> tuple[httpx.Response, str]:
        target = urljoin(at, action)
        origin = str(self.client.base_url).rstrip("/")
        return await self.client.post(
            target,
            content=urlencode(form),
            headers={"origin": origin, "content-type": "application/x-www-form-urlencoded"},
        ), target

    async def _follow(self, answer: httpx.Response, at: str) -> tuple[httpx.Response, str]:
        while answer.is_redirect:
            at = urljoin(at, answer.headers["location"])
            if not at.startswith(str(self.client.base_url)):
                break
            answer = await self.client.get(at)
        return answer, at


async def visit(program: str, told: Mapping[str, Any], browser: CitizensBrowser) -> Any:
    """Run one of the programs beside this file; return what it has seen."""
    node = shutil.which("node")
    assert node, "Node.js is missing: scripts/setup-interop installs it"
    assert (HERE / "node_modules" / "openid-client").is_dir(), "run scripts/setup-interop first"
    process = await asyncio.create_subprocess_exec(
        node, str(HERE / program), env={**os.environ, "CLIENT": json.dumps(told)},
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin and process.stdout and process.stderr
    async with asyncio.timeout(60):
        async for line in process.stdout:
            said = json.loads(line)
            if "seen" in said:
                return said["seen"]
            back = await browser.open(said["open"])
            process.stdin.write(json.dumps({"back": back}).encode() + b"\n")
    raise AssertionError((await process.stderr.read()).decode())
