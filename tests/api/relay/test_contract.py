"""The gateway keeps its contract, by way of another process's relay: the same cases as the simulator's."""

import asyncio

import httpx
import pytest

from banshi.serving import Link
from identity import consents, tokens
from miniapps.gateway import service
from miniapps.gateway.service import GatewaySettings
from storage import clock
from tests.api.relay.conftest import a_client, actor_of, released
from tests.sdk import contract


@pytest.fixture
async def token(world, sign_in) -> str:
    await released(contract.TEXT)
    citizen, now = await actor_of(await sign_in("wang_fang")), await clock.now()
    await consents.grant(citizen, "contract-app", contract.SCOPES, now=now)
    return await tokens.issue(citizen, "contract-app", contract.SCOPES, now=now)


@pytest.fixture
async def back_end(world, token, tmp_path):
    server = contract.mini_app(tmp_path).asgi(platform=world.urls[1])
    secret = await a_client("contract-app")
    link = Link(server, platform=world.urls[1], credential=f"contract-app:{secret}")
    task = asyncio.create_task(link.run())
    await asyncio.wait_for(link.connected.wait(), 5)
    await asyncio.sleep(0.05)
    yield link
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_the_gateway_keeps_the_contract(world, back_end, token):
    headers = {
        "authorization": f"Bearer {token}", "content-type": "application/json", "idempotency-key": "k-1",
    }  # fmt: skip
    async with httpx.AsyncClient(base_url=world.urls[0], headers=headers, trust_env=False) as http:
        for case in contract.CASES:
            answer = await http.post(f"/gw/contract-app/{case.api}", content=case.body)

            contract.check(case, answer.status_code, answer.json(), key="k-1")


async def test_the_gateway_counts_calls_by_the_contract(world, back_end, token):
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    service.configure(GatewaySettings(app_per_s=2))
    async with httpx.AsyncClient(base_url=world.urls[0], headers=headers, trust_env=False) as http:

        async def call():
            answer = await http.post("/gw/contract-app/rent.check", content=b'{"rent": 100}')
            return answer.status_code, answer.json()

        await contract.check_quota(call)
    service.configure(GatewaySettings())
