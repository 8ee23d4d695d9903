"""Two API processes and a worker of their own, as the supervisor would start them, and how one asks them."""

import asyncio
import os
import random
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec

from api.settings import Settings
from storage.embedded.process import free_port

ROOT = Path(__file__).parents[2]
PATIENCE_S = 60.0
APP_HOST = "rent-app.apps.localhost:8000"


class Refused(Exception):
    """The server answered, with errors: their codes."""

    def __init__(self, codes: list[str], told: list[dict[str, Any]]) -> None:
        super().__init__(", ".join(codes))
        self.codes = codes
        self.told = told


class Servers:
    """Any of the processes may answer a request, as behind a balancer."""

    def __init__(self, ports: list[int]) -> None:
        self.urls = [f"http://127.0.0.1:{port}" for port in ports]
        self.client = httpx.AsyncClient(timeout=20)
        self.asked = 0

    async def ask(self, query: str, token: str, *, at: str | None = None, **variables: Any) -> dict[str, Any]:
        """Return the data of a GraphQL operation.  Raises: Refused."""
        self.asked += 1
        answer = await self.client.post(
            f"{at or random.choice(self.urls)}/graphql",
            json={"query": query, "variables": variables},
            headers={"authorization": f"Bearer {token}"},
        )
        told = answer.json()
        if told.get("errors"):
            raise Refused([each["extensions"]["code"] for each in told["errors"]], told["errors"])
        return dict(told["data"])

    async def beacon(self, token: str) -> int:
        """Let the page that was opened with `token` tell of an error; return the status."""
        self.asked += 1
        answer = await self.client.post(
            f"{random.choice(self.urls)}/beacon",
            json={"token": token, "what": "page_error"},
            headers={"host": APP_HOST},
        )
        return answer.status_code

    async def ready(self) -> None:
        """Wait until every process answers."""
        patience = time.monotonic() + PATIENCE_S
        for url in self.urls:
            while True:
                try:
                    if (await self.client.get(f"{url}/readyz")).status_code == 200:
                        break
                except httpx.TransportError:
                    pass
                assert time.monotonic() < patience, f"{url} does not serve"
                await asyncio.sleep(0.1)


@asynccontextmanager
async def serving(settings: Settings, folder: Path) -> AsyncIterator[Servers]:
    """Run them while inside; what they log is below `folder`."""
    ports = [free_port(), free_port()]
    programs = [("api.serve", port) for port in ports] + [("api.worker", free_port())]
    running = [_start(name, port, settings, folder) for name, port in programs]
    servers = Servers(ports)
    try:
        await servers.ready()
        yield servers
    finally:
        await servers.client.aclose()
        for process in running:
            process.terminate()
        for process in running:
            await asyncio.to_thread(process.wait, 20)


def _start(program: str, port: int, settings: Settings, folder: Path) -> subprocess.Popen[bytes]:
    own = msgspec.structs.replace(settings, port=port)
    env = {**os.environ, **own.as_env(), "PYTHONPATH": f"{ROOT}:{ROOT / 'sdk/python'}"}
    with (folder / f"{program}-{port}.log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", program], env=env, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT
        )
