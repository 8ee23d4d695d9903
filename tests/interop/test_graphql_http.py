"""The audit suite of npm's graphql-http against the real server: every MUST, SHOULD and MAY.

Two of the audits ask for the schema, which a development server shows.
"""

import asyncio
import json
import shutil
from pathlib import Path

import httpx
import pytest

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
AUDITS = 61


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
