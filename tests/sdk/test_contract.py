"""The simulator keeps the contract of the gateway."""

import msgspec
import pytest

from banshi.testing import fake
from tests.sdk import contract


@pytest.mark.parametrize("case", contract.CASES, ids=lambda case: case.name)
async def test_the_simulator_keeps_the_contract(case, tmp_path):
    citizen = fake.adult(scopes=contract.SCOPES)
    async with contract.mini_app(tmp_path).test_client(citizen=citizen) as client:
        answer = await client.gateway.call(client.citizen, case.api, case.body, idempotency_key="k-1")

    contract.check(case, answer.status, msgspec.json.decode(answer.body), key="k-1")


async def test_the_simulator_counts_calls_as_the_gateway_does(tmp_path):
    citizen = fake.adult(scopes=contract.SCOPES)
    async with contract.mini_app(tmp_path).test_client(citizen=citizen) as client:
        client.gateway.quota.per_s = 2

        async def call():
            answer = await client.gateway.call(client.citizen, "rent.check", b'{"rent": 100}')
            return answer.status, msgspec.json.decode(answer.body)

        await contract.check_quota(call)
