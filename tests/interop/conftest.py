"""A server to talk to: what every published client is tried against."""

import asyncio
import os
import socket
import sys
import time

import httpx
import pytest

from storage.settings import DatabaseSettings, QueueSettings
from tests.api.conftest import some_settings


@pytest.fixture
def server_env(postgres, database, valkey, seaweed):
    """The settings of a server on a port of its own, in development mode."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = some_settings(
        database=DatabaseSettings(url=postgres.url("app", database)),
        queue=QueueSettings(url=valkey.url),
        objects=seaweed,
        port=port,
        public_url=f"http://127.0.0.1:{port}",
    )
    return settings.as_env()


@pytest.fixture
async def server(server_env):
    """Its address, while it runs."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "api.serve", env={**os.environ, **server_env}
    )
    url = server_env["BANSHI_PUBLIC_URL"]
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
