"""When session, consent, client or person has ended, everything they carried is dead at once."""

import pytest

from identity import clients, consents, people, sessions
from storage import clock
from tests.api.oidc.conftest import actor_of
from tests.api.oidc.negative.answers import not_signed_in, refused, sent_back
from tests.api.oidc.negative.world import session_of
from tests.api.oidc.relying import ISSUER, add, query_of

API = "https://api.example/"
PERSONAS = {"session": "wang_fang", "consent": "wang_fang", "client": "wang_fang", "person": "chen_jing"}


async def end(what, rp, browser) -> None:
    actor, now = await actor_of(session_of(browser)), await clock.now()
    if what == "session":
        await sessions.revoke(actor, actor.session_id, now=now)
    elif what == "consent":
        await consents.withdraw(actor, rp.client_id, now=now)
    elif what == "client":
        await clients.disable(rp.client_id, now=now)
    else:
        await people.erase(actor.person_id, now=now)


@pytest.fixture(params=PERSONAS)
def what(request):
    return request.param


async def begun(world, what, kind="basic", **changes):
    """A client of its own, a browser of its own, and tokens."""
    rp, browser = await add(world.http, kind, resources=[API]), await world.enter(PERSONAS[what])
    code = await world.agree(rp, browser, **changes)
    return rp, browser, (await rp.redeem(code)).json()


async def test_userinfo_tells_nothing_more(world, what):
    rp, browser, given = await begun(world, what)
    assert (await rp.userinfo(given["access_token"])).status_code == 200
    await end(what, rp, browser)

    async with world.unwritten():
        answer = await rp.userinfo(given["access_token"])

    refused(answer, 401, "invalid_token")


async def test_introspection_says_inactive(world, what):
    rp, browser, given = await begun(world, what, scope="openid", resource=API)
    server = await add(world.http, serves=[API])
    asked = [
        (asker, token)
        for asker in (rp, server)
        for token in (given["access_token"], given["refresh_token"])
        if asker is rp or token == given["access_token"]
    ]
    for asker, token in asked:
        assert (await asker.call("introspect", {"token": token})).json()["active"] is True
    await end(what, rp, browser)

    async with world.unwritten():
        for asker, token in asked:
            answer = await asker.call("introspect", {"token": token})
            if what == "client" and asker is rp:
                refused(answer, 401, "invalid_client")
            else:
                assert answer.json() == {"active": False}


async def test_refreshing_is_over(world, what):
    rp, browser, given = await begun(world, what)
    await end(what, rp, browser)

    async with world.unwritten():
        answer = await rp.refresh(given["refresh_token"])

    if what == "client":
        refused(answer, 401, "invalid_client")
    else:
        refused(answer, 400, "invalid_grant")


async def test_a_code_on_its_way_is_dead(world, what):
    rp, browser, _ = await begun(world, what)
    code = query_of(await world.ask(rp, browser))["code"]
    await end(what, rp, browser)

    async with world.unwritten():
        answer = await rp.redeem(code)

    if what == "client":
        refused(answer, 401, "invalid_client")
    else:
        refused(answer, 400, "invalid_grant", "has ended")


async def test_our_own_api_takes_the_token_no_longer(world, what):
    rp, browser, given = await begun(world, what, scope="openid cases:read", resource=f"{ISSUER}/graphql")
    bearer = {"authorization": f"Bearer {given['access_token']}"}
    query = {"query": "{ requestId }"}
    await end(what, rp, browser)

    async with world.unwritten():
        answer = await world.http.post("/graphql", json=query, headers=bearer)

    not_signed_in(answer)


@pytest.mark.parametrize("how", ["session", "consent"])
async def test_silently_no_new_code_is_given(world, how):
    rp, browser, _ = await begun(world, how)
    await end(how, rp, browser)

    async with world.unwritten():
        answer = await world.ask(rp, browser, prompt="none")

    sent_back(answer, "login_required" if how == "session" else "consent_required")


async def test_agreeing_anew_does_not_bring_old_tokens_back(world):
    rp, browser, given = await begun(world, "consent")
    await end("consent", rp, browser)
    await world.agree(rp, browser)

    async with world.unwritten():
        refused(await rp.userinfo(given["access_token"]), 401, "invalid_token")
        refused(await rp.refresh(given["refresh_token"]), 400, "invalid_grant")


async def test_offline_access_ends_with_the_consent_all_the_same(world):
    rp, browser, given = await begun(world, "consent", scope="openid offline_access")
    await end("consent", rp, browser)

    async with world.unwritten():
        answer = await rp.refresh(given["refresh_token"])

    refused(answer, 400, "invalid_grant")
