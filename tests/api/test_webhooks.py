"""Webhooks by GraphQL: what is secret of production is the owners' of the team."""

from dataclasses import replace

from miniapps.catalog.rules import Environment
from miniapps.catalog.service import credentials
from miniapps.webhooks import service
from tests.miniapps.webhooks.conftest import APP, NOON
from tests.miniapps.webhooks.conftest import receiver as receiver
from tests.miniapps.webhooks.conftest import world as world
from tests.miniapps.webhooks.test_delivering import a_maker

REPLAY = "mutation ($id: UUID!) { replayDelivery(id: $id) { state environment } }"


async def test_deliveries_of_production_are_sent_again_by_owners_alone(world, ask):
    await credentials.issue(world.developer, APP, Environment.SANDBOX, now=NOON)
    await service.register(world.developer, APP, Environment.SANDBOX, world.receiver.url, now=NOON)
    colleague = replace(world.developer, person_id=await a_maker(world.developer))
    made = {
        each: (await service.try_out(world.developer, APP, each, "case.decided", now=NOON)).id
        for each in Environment
    }
    await world.work()
    told = len(world.receiver.ids)

    refused = await ask(REPLAY, actor=colleague, id=str(made[Environment.PRODUCTION]))
    await world.work()
    assert [error["extensions"]["code"] for error in refused["errors"]] == ["TEAM_OWNER_NEEDED"]
    assert len(world.receiver.ids) == told

    for actor, environment in ((colleague, Environment.SANDBOX), (world.developer, Environment.PRODUCTION)):
        done = await ask(REPLAY, actor=actor, id=str(made[environment]))
        assert done["data"]["replayDelivery"] == {"state": "WAITING", "environment": environment.name}
    await world.work()
    assert len(world.receiver.ids) == told + 2
