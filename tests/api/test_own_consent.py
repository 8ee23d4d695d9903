"""A mini-app asks what it was granted, and gives back what it does not need: by the SDK, over HTTP."""

import pytest

from banshi.platform import OnBehalf
from banshi.refusals import unidentified
from identity import accounts, consents, tokens
from identity.roles import Role
from storage import clock
from storage.db import fetch
from tests.api.conftest import an_actor, as_operator
from tests.miniapps.catalog.factories import make_released
from tests.sdk import contract_notices as contract

APP = "rent-app"
CONSENTS = "{ consents { appId scopes } }"


@pytest.fixture
async def opened(client, sign_in):
    """A citizen's session token, and his mini-app at work for him."""
    now, session = await clock.now(), await sign_in("wang_fang")
    await make_released(an_actor(Role.DEVELOPER), as_operator(), now, more=contract.LINES)
    citizen = await accounts.actor_of(session, now=now)
    assert citizen is not None
    await consents.grant(citizen, APP, contract.SCOPES, now=now)
    token = await tokens.issue(citizen, APP, contract.SCOPES, now=now)
    return session, OnBehalf("http://127.0.0.1:8000", token, http=client)


async def test_the_platform_keeps_the_contract_of_the_simulator(client, opened):
    session, platform = opened

    await contract.tried(platform)

    shown = await client.post(
        "/graphql", json={"query": CONSENTS}, headers={"authorization": f"Bearer {session}"}
    )
    assert shown.json() == {"data": {"consents": [{"appId": APP, "scopes": ["cases:read", "notices:read"]}]}}


async def test_giving_all_back_ends_the_consent_as_the_mini_apps_own_act(opened):
    platform = opened[1]

    left = await platform.consent.withdraw()

    assert (left.scopes, left.since) == ([], None)
    with pytest.raises(unidentified.NotSignedIn):
        await platform.consent.mine()
    rows = await fetch("SELECT app_id, object FROM audit_row WHERE act = 'consent.withdraw'")
    assert rows == [{"app_id": APP, "object": f"app/{APP}"}]
    assert len(await fetch("SELECT 1 FROM outbox WHERE type = 'consent.withdrawn'")) == 1
