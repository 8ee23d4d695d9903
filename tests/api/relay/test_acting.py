"""A handler acts at the platform for the citizen whose call came down the relay, and for nobody invented."""

import asyncio

from banshi.scopes import Scope
from identity import consents, tokens
from storage import clock
from storage.db import fetch
from tests.api.relay.conftest import APP, actor_of, code_of

SCOPES = (Scope.CASES_READ, Scope.PROFILE_READ)


async def test_it_acts_for_who_calls_until_he_takes_his_consent_back(world, sign_in):
    citizen, now = await actor_of(await sign_in("wang_fang")), await clock.now()
    await consents.grant(citizen, APP, SCOPES, now=now)
    token = await tokens.issue(citizen, APP, SCOPES, now=now)

    async with world.back_end(1):
        first = await world.call("rent.profile", {}, token=token)
        under_way = asyncio.create_task(world.call("rent.profile", {"waits": True}, token=token))
        while len(world.seen) < 2:
            await asyncio.sleep(0.01)
        await consents.withdraw(citizen, APP, now=await clock.now())
        world.gate.set()
        second = await under_way
        third = await world.call("rent.profile", {}, token=token)

    assert first.json() == [citizen.level, ["cases:read", "profile:read"]]
    assert (second.status_code, code_of(second)) == (401, "NOT_SIGNED_IN")
    assert second.json()["errors"][0]["extensions"]["source"] == "app"
    assert (third.status_code, code_of(third)) == (401, "NOT_SIGNED_IN")
    assert "source" not in third.json()["errors"][0]["extensions"], "that call never left the platform"
    rows = await fetch("SELECT act FROM audit_row WHERE app_id = $1 ORDER BY id", APP)
    assert [row["act"] for row in rows] == ["app.call", "app.exchange", "app.call"]


async def test_at_a_desk_nobody_is_there_to_act_for(world, sign_in):
    developer = await sign_in("developer")
    invented = '{"sub": "citizen-1", "scopes": ["profile:read"]}'

    async with world.back_end(credential=developer):
        answer = await world.call("rent.profile", {}, token=developer, x_miniapp_citizen=invented)

    assert (answer.status_code, code_of(answer)) == (409, "CITIZEN_INVENTED")
    assert await fetch("SELECT id FROM audit_row WHERE act = 'app.exchange'") == []
