"""Claims whose scope an operator switched off are told nowhere, and again once it is on."""

import json

from miniapps.release import service as release
from miniapps.release.rules.switches import SwitchKind
from storage import clock
from tests.api.conftest import as_operator
from tests.api.oidc.relying import add, payload_of


async def switched(scope: str, *, off: bool) -> None:
    verb, words = (release.switch_off, {"notice": "暂停提供"}) if off else (release.switch_on, {})
    await verb(as_operator(), SwitchKind.SCOPE, scope, reason="核查", now=await clock.now(), **words)


async def test_what_an_operator_switched_off_is_told_nowhere_until_he_switches_it_on(client, code_for):
    rp = await add(client)
    asked = json.dumps({"id_token": {"over_18": None, "phone_number": None}})
    given = (await rp.redeem(await code_for(rp, scope="openid profile.name phone", claims=asked))).json()
    whole = {"sub", "name", "phone_number", "phone_number_verified"}

    async def seen() -> tuple[set[str], set[str]]:
        """What is told of one token, and of a sign-in anew."""
        anew = (await rp.redeem(await code_for(rp, scope="openid profile.name", claims=asked))).json()
        signed = {"over_18", "phone_number"} & payload_of(anew["id_token"]).keys()
        return set((await rp.userinfo(given["access_token"])).json()), signed

    assert await seen() == (whole, {"over_18", "phone_number"})
    await switched("phone", off=True)
    assert await seen() == ({"sub", "name"}, {"over_18"})
    await switched("profile:read", off=True)
    assert await seen() == ({"sub"}, set())
    await switched("phone", off=False)
    assert await seen() == ({"sub"}, set()), "what stands for facts of a person takes all of them"
    await switched("profile:read", off=False)
    assert await seen() == (whole, {"over_18", "phone_number"})
