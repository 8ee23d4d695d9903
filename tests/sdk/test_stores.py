"""The simulator keeps stores as the platform does."""

from typing import Any

import pytest

from banshi import Citizen, MiniApp
from banshi import manifest as manifests
from banshi.platform import OnBehalf
from banshi.testing import Played, fake
from tests.sdk import contract, storing

TEXT = contract.TEXT.replace('{"cases:read":', '{"storage:keep": 记住您上次填写的内容, "cases:read":') + (
    '  - {name: rent.draft, scope: "storage:keep"}\n'
)


@pytest.mark.parametrize("case", storing.CASES, ids=lambda case: case.__name__)
async def test_the_simulator_keeps_the_contract_of_stores(case):
    app = MiniApp(manifests.read(TEXT))

    @app.api("rent.draft", scope="storage:keep")
    async def draft(citizen: Citizen, ask: dict[str, Any]) -> bool:
        async with citizen.platform() as platform:
            await case(platform)
        return True

    async with app.test_client(citizen=fake.adult()) as client:
        assert await client.call("rent.draft", {}) is True


async def test_what_is_given_back_takes_the_store_along():
    app, played = MiniApp(manifests.read(TEXT)), Played()

    @app.api("rent.draft", scope="storage:keep")
    async def draft(citizen: Citizen, ask: dict[str, Any]) -> bool:
        async with citizen.platform() as platform:

            async def agree() -> OnBehalf:
                played.given_back.clear()
                return platform

            await storing.gone_with_consent(platform, agree)
        return True

    async with app.test_client(citizen=fake.adult(), platform=played) as client:
        assert await client.call("rent.draft", {}) is True
