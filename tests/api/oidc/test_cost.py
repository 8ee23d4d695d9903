"""What the hot endpoints take in a process that hears the news: a few statements, and no thread."""

import asyncio
import threading
from urllib.parse import urlsplit

import anyio.to_thread
import pytest

from identity import clients, signing
from storage import clock
from tests.api.oidc.relying import CALLBACK, add
from tests.api.pages.browsing import card, send, signed_in


@pytest.fixture
def hearing(client):
    clock.configure("system")
    listeners = (clients.listener(), signing.listener())
    for listener in listeners:
        listener.back()
    yield
    for listener in listeners:
        listener.lost()


async def test_authorize_token_refresh_and_userinfo_take_a_few_statements_each(
    client, browser, code_for, hearing, statements
):
    rp = await add(client)
    warm = (await rp.redeem(await code_for(rp))).json()
    await rp.userinfo(warm["access_token"])

    async def cost(work):
        statements.clear()
        answer = await work
        return len(statements), answer

    authorize, _ = await cost(browser.get("/oauth/authorize", rp.request()))
    code = await code_for(rp)
    token, answer = await cost(rp.redeem(code))
    given = answer.json()
    userinfo, _ = await cost(rp.userinfo(given["access_token"]))
    refresh, _ = await cost(rp.refresh(given["refresh_token"]))

    assert authorize <= 3  # who asks, his consent, the code
    assert token == 1
    assert userinfo == 2  # the token with its person, the audit row
    assert refresh == 1


async def test_a_whole_sign_in_of_a_known_citizen_takes_few_statements_and_calls(client, hearing, statements):
    rp = await add(client)
    await client.get("/oauth/authorize", params=rp.request())  # the client is known from now on
    await signed_in(client)  # and the citizen
    client.cookies.clear()
    cost = {}

    async def step(name, work):
        statements.clear()
        answer = await work
        cost[name] = len(statements)
        return answer

    asked = await step("authorize", client.get("/oauth/authorize", params=rp.request()))
    form = await step("form", client.get(asked.headers["location"]))
    entered = await step("sign in", send(client, form, **card("wang_fang"), face="ok"))
    assert urlsplit(entered.headers["location"]).path == "/consent"
    consent = await step("consent", client.get(entered.headers["location"]))
    agreed = await step("agree", send(client, consent, to="/consent", answer="grant"))

    assert agreed.headers["location"].startswith(CALLBACK)
    assert cost == {
        "authorize": 1,  # what is asked waits
        "form": 0,  # what waits is remembered
        "sign in": 3,  # at the door, the session, what waits with an earlier consent
        "consent": 1,  # who asks (remembered where news are heard)
        "agree": 2,  # who asks, the consent with its code
    }


@pytest.fixture
def threadless(monkeypatch):
    """No work can be given to a thread, neither by asyncio nor by anyio."""

    def refused(*asked, **_):
        raise AssertionError(f"a thread was asked for: {asked}")

    monkeypatch.setattr(asyncio.get_running_loop(), "run_in_executor", refused, raising=False)
    monkeypatch.setattr(asyncio, "to_thread", refused)
    monkeypatch.setattr(anyio.to_thread, "run_sync", refused)
    monkeypatch.setattr(threading.Thread, "start", refused)


@pytest.mark.parametrize("kind", ["basic", "key", "dpop", "fapi2"])
async def test_the_hot_endpoints_ask_for_no_threads(client, browser, agree, code_for, kind, request):
    rp = await add(client, kind)
    await code_for(rp)  # the citizen agreed; what is read lazily is read
    running = threading.active_count()
    request.getfixturevalue("threadless")

    code = await code_for(rp)  # /par where the profile wants it, /authorize
    given = (await rp.redeem(code)).json()
    told = await rp.userinfo(given["access_token"], method="POST")
    active = None if kind == "dpop" else await rp.call("introspect", {"token": given["access_token"]})
    fresh = await rp.refresh(given["refresh_token"])

    assert (told.status_code, fresh.status_code) == (200, 200)
    assert active is None or active.json()["active"] is True
    assert threading.active_count() == running
