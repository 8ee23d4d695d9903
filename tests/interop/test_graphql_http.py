"""The audit suite of npm's graphql-http against the real server: every MUST, SHOULD and MAY."""

import asyncio
import json
import os
import shutil
import socket
import sys
import time
from pathlib import Path

import httpx
import pytest

from storage.settings import DatabaseSettings, QueueSettings
from tests.api.conftest import some_settings

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
AUDITS = 61


@pytest.fixture
async def server(postgres, database, valkey, seaweed):
    """A server process on a port of its own, in development mode: two audits ask for the schema."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = some_settings(
        database=DatabaseSettings(url=postgres.url("app", database)),
        queue=QueueSettings(url=valkey.url),
        objects=seaweed,
        port=port,
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "api.serve", env={**os.environ, **settings.as_env()}
    )
    url = f"http://127.0.0.1:{port}"
    await _until_alive(url)
    yield url
    process.terminate()
    await asyncio.wait_for(process.wait(), 10)


async def _until_alive(url: str) -> None:
    deadline = time.monotonic() + 30
    async with httpx.AsyncClient() as client:
        while True:
            try:
                if (await client.get(f"{url}/healthz")).status_code == 200:
                    return
            except httpx.TransportError:
                assert time.monotonic() < deadline, "the server did not start"
            await asyncio.sleep(0.1)


async def test_all_61_audits_of_graphql_over_http_pass(server):
    node = shutil.which("node")
    assert node, "Node.js is missing: scripts/setup-interop installs it"
    assert (HERE / "node_modules" / "graphql-http").is_dir(), "run scripts/setup-interop first"

    audit = await asyncio.create_subprocess_exec(
        node, str(HERE / "audit.cjs"), f"{server}/graphql", stdout=asyncio.subprocess.PIPE
    )
    out, _ = await asyncio.wait_for(audit.communicate(), 60)

    assert json.loads(out) == {"ok": AUDITS, "failed": []}


async def test_a_server_process_reaches_its_neighbours(server):
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"{server}/readyz")

    assert answer.json()["status"] == "ready"
