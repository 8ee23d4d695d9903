"""Mini-apps and consents where somebody acts for another."""

import pytest

from banshi.errors import ScopeMissing
from banshi.scopes import GRANTABLE, Scope
from identity import clients, consents, mandates, session_tokens, tokens
from identity.clients import AuthMethod, OidcClient, Profile
from identity.errors import ConsentNeeded
from identity.oidc import exchange
from identity.oidc.call import Call
from identity.oidc.errors import OAuthError
from identity.relation_errors import OwnConsentNeeded
from identity.session_tokens import Who
from storage.db import execute, fetch
from tests.identity.factories import NOON
from tests.identity.mandated import (
    act_by,
    agree,
    enter,
    guard,
)

pytestmark = pytest.mark.usefixtures("registers")
APP = "rent-app"


async def test_mini_app_acts_for_the_principal_only_when_the_mandate_allows_it():
    wang = await enter("wang_fang")
    await consents.grant(wang, APP, GRANTABLE, now=NOON)
    _, narrow_one = await act_by(await agree())
    _, wide = await act_by(await agree(scopes={Scope.APPS_OPEN, Scope.CASES_READ}))

    token = await tokens.issue(wide, APP, GRANTABLE, now=NOON)
    app = await tokens.actor_of(token, now=NOON)

    assert app and (app.acting_for, app.delegation_id) == (wang.person_id, wide.delegation_id)
    along = {Scope.PROFILE_READ, Scope.ITEMS_READ, Scope.STORAGE_KEEP}
    assert app.scopes <= {Scope.CASES_READ, *along}
    with pytest.raises(ScopeMissing):
        await consents.grant(narrow_one, APP, GRANTABLE, now=NOON)


async def test_token_got_by_a_mandate_acts_never_for_the_delegate_himself():
    """The session is the same row; what it acts for is not the token's to choose."""
    wang = await enter("wang_fang")
    await consents.grant(wang, APP, GRANTABLE, now=NOON)
    _, agent = await act_by(await agree(scopes=mandates.DELEGABLE))
    token = await tokens.issue(agent, APP, [Scope.CASES_READ], now=NOON)

    await execute("UPDATE session SET mandate_id = NULL WHERE id = $1", agent.session_id)

    assert await tokens.actor_of(token, now=NOON) is None


async def test_back_end_acts_for_the_principal_until_the_mandate_ends():
    wang = await enter("wang_fang")
    await consents.grant(wang, APP, GRANTABLE, now=NOON)
    mandate = await agree(scopes={Scope.APPS_OPEN, Scope.CASES_READ})
    _, agent = await act_by(mandate)
    page = await tokens.actor_of(await tokens.issue(agent, APP, GRANTABLE, now=NOON), now=NOON)
    row = OidcClient(
        client_id=APP, name="租房", operator="示例", auth_method=AuthMethod.BASIC, profile=Profile.OIDC,
        redirect_uris=[], post_logout_uris=[], scopes="{}", resources=[], serves=[], created_at=NOON,
    )  # fmt: skip
    await clients.add(row, now=NOON)
    client = await clients.enabled(APP)
    who = Who(sub="s", level=page.level, scopes=page.scopes, region="330106", token_id=page.token_id)
    told = {
        "subject_token": await session_tokens.issue(who, APP, "rent.check", now=NOON),
        "subject_token_type": exchange.JWT,
    }  # fmt: skip
    call = Call(endpoint="token", method="POST", address="127.0.0.1", parameters=told)

    lent = (await exchange.answer(call, client, None, NOON))["access_token"]

    app = await tokens.actor_of(lent, now=NOON)
    assert app and (app.acting_for, app.delegation_id) == (wang.person_id, mandate.id)
    assert app.scopes == page.scopes
    rows = await fetch("SELECT party_id, delegation_id FROM audit_row WHERE act = 'app.exchange'")
    assert {row["party_id"] for row in rows} == {wang.person_id, agent.person_id}
    assert {row["delegation_id"] for row in rows} == {mandate.id}
    await mandates.revoke(wang, mandate.id, now=NOON)
    assert await tokens.actor_of(lent, now=NOON) is None
    with pytest.raises(OAuthError, match="invalid_grant"):
        await exchange.answer(call, client, None, NOON)


async def test_agent_agrees_to_nothing_in_the_principal_s_place():
    _, agent = await act_by(await agree(scopes=mandates.DELEGABLE))

    for call in (
        consents.grant(agent, APP, [Scope.CASES_READ], now=NOON),
        consents.withdraw(agent, APP, now=NOON),
    ):
        with pytest.raises(OwnConsentNeeded):
            await call
    with pytest.raises(ConsentNeeded):
        await tokens.issue(agent, APP, [Scope.CASES_READ], now=NOON)


async def test_an_agent_gives_nothing_back_by_the_token_of_a_page():
    wang = await enter("wang_fang")
    await consents.grant(wang, APP, GRANTABLE, now=NOON)
    _, agent = await act_by(await agree(scopes={Scope.APPS_OPEN, Scope.CASES_READ}))
    page = await tokens.actor_of(await tokens.issue(agent, APP, GRANTABLE, now=NOON), now=NOON)
    assert page and page.app_id == APP

    for only in (None, [Scope.STORAGE_KEEP]):
        with pytest.raises(OwnConsentNeeded):
            await consents.withdraw(page, APP, only=only, now=NOON)

    held = await consents.in_force(wang.person_id, APP)
    assert held is not None and Scope.STORAGE_KEEP in held.scopes


async def test_his_own_consent_does_not_serve_the_principal():
    await consents.grant(await enter("shen_yun"), APP, GRANTABLE, now=NOON)
    _, agent = await act_by(await agree(scopes=mandates.DELEGABLE))

    with pytest.raises(ConsentNeeded):
        await tokens.issue(agent, APP, [Scope.CASES_READ], now=NOON)


async def test_guardian_consents_until_the_ward_is_fourteen():
    _, child = await act_by(await guard("li_wei", "li_xiaohe"), "li_wei")
    _, youth = await act_by(await guard("he_mei", "he_tian"), "he_mei")

    given = await consents.grant(child, APP, [Scope.CASES_READ], now=NOON)

    assert given.party_id == child.acting_for
    with pytest.raises(OwnConsentNeeded):
        await consents.grant(youth, APP, [Scope.CASES_READ], now=NOON)
    himself = await enter("he_tian")
    assert (await consents.grant(himself, APP, [Scope.CASES_READ], now=NOON)).party_id == himself.person_id


async def test_a_mini_app_is_told_whose_consent_a_guardian_withdrew():
    _, guardian = await act_by(await guard(), "li_wei")
    await consents.grant(guardian, APP, GRANTABLE, now=NOON)
    await consents.withdraw(guardian, APP, now=NOON)

    rows = await fetch("SELECT party_id FROM outbox WHERE type = 'consent.withdrawn'")
    assert [row["party_id"] for row in rows] == [guardian.acting_for]
