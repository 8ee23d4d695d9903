"""The simulator plays notices and consent as the platform has them."""

import httpx
import pytest

from banshi import manifest
from banshi.platform import AsApp
from banshi.refusals import ConsentWanted
from banshi.serving import Citizen, MiniApp
from banshi.simulator import Played
from banshi.testing import fake
from tests.miniapps.catalog.factories import a_manifest
from tests.sdk import contract_notices as contract

APP = MiniApp(
    manifest.read(a_manifest(more=contract.LINES + "apis: [{name: rent.tell, scope: 'cases:read'}]\n"))
)


@APP.api("rent.tell", scope="cases:read")
async def tell(citizen: Citizen, ask: None) -> str:
    async with citizen.platform() as platform:
        await contract.tried(platform)
    return citizen.sub


async def test_the_simulator_keeps_the_contract_of_the_platform():
    played = Played()
    async with APP.test_client(citizen=fake.adult(scopes=contract.SCOPES), platform=played) as client:
        sub = await client.call("rent.tell", None)

    assert played.given_back == {sub: {"notices:send"}}


async def test_a_notice_for_later_goes_to_whom_the_mini_app_knows_and_who_agreed():
    citizen, other = fake.adult(scopes=["notices:send"]), fake.adult(scopes=["cases:read"])
    played = Played(made=APP.manifest)
    played.known = {each.sub: each for each in (citizen, other)}
    async with AsApp(
        "http://platform.test", "rent-app:secret", http=httpx.AsyncClient(transport=played.transport)
    ) as app:
        sent = await app.notices.send(citizen.sub, *contract.SAID, key="1")
        assert await app.notices.send(citizen.sub, *contract.SAID, key="1") == sent
        for sub in (other.sub, "nobody"):
            with pytest.raises(ConsentWanted):
                await app.notices.send(sub, *contract.SAID)
