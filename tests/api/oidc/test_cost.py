"""How many statements the hot endpoints take in a process that hears the news."""

import pytest

from identity import clients, signing
from storage import clock
from tests.api.oidc.relying import add


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
    assert userinfo == 3  # the token, the person, the audit row
    assert refresh == 1
