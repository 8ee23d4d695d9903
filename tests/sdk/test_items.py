"""The simulator binds a mini-app to the items of its manifest, as the platform does."""

import uuid
from typing import Any

import pytest

from banshi import manifest
from banshi.serving import Citizen, MiniApp
from banshi.testing import CallRefused, Played, fake
from tests.miniapps.catalog.factories import a_manifest
from tests.sdk import contract_items as contract

SERVED = "332000102000"
CASE = {
    "id": str(uuid.uuid4()), "number": None, "state": "DRAFT", "code": SERVED, "title": "提取",
    "region": "330106", "openedAt": "2026-11-20T04:00:00Z", "outcome": None, "receivedAt": None,
    "acceptedAt": None, "decidedAt": None, "completedAt": None, "materials": [],
}  # fmt: skip
NEEDS = {
    "code": SERVED, "name": "提取", "versionId": CASE["id"], "uploads": 0, "unknown": [], "problems": [],
    "materials": [], "barred": None,
}  # fmt: skip


APIS = "apis: [{name: rent.apply, scope: 'cases:write'}, {name: rent.ask, scope: 'cases:write'}]\n"


def mini_app(items: str = "") -> MiniApp:
    app = MiniApp(manifest.read(a_manifest(more=f"{contract.LINES}{items}{APIS}")))

    @app.api("rent.apply", scope="cases:write")
    async def apply(citizen: Citizen, ask: None) -> bool:
        async with citizen.platform() as platform:
            await contract.tried(platform, SERVED)
        return True

    @app.api("rent.ask", scope="cases:write")
    async def asked(citizen: Citizen, ask: str) -> str:
        async with citizen.platform() as platform:
            return (await platform.cases.prepare(ask)).code

    return app


def office() -> Played:
    def answer(told: dict[str, Any]) -> Any:
        return lambda citizen, variables: told

    return Played({"startCase": answer(CASE), "preparation": answer(NEEDS)})


async def test_the_simulator_keeps_the_contract_of_items():
    app = mini_app(f'items: ["{SERVED}"]\n')
    async with app.test_client(citizen=fake.adult(scopes=contract.SCOPES), platform=office()) as client:
        assert await client.call("rent.apply", None) is True


async def test_an_enquiry_app_applies_for_nothing_whoever_plays():
    async with mini_app().test_client(citizen=fake.adult(), platform=office()) as client:
        with pytest.raises(CallRefused) as refused:
            await client.call("rent.ask", SERVED)

    assert (refused.value.status, refused.value.code) == (403, "APP_ITEM_NOT_SERVED")
