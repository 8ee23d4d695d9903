"""Stores over the platform's own API: the contract of the SDK's client, by a mini-app's token."""

import httpx
import pytest

from banshi.platform import OnBehalf
from banshi.refusals import denied
from banshi.scopes import Scope
from identity import accounts, consents, tokens
from storage import clock
from tests.miniapps.shelf.factories import an_app
from tests.sdk import storing


async def a_token(sign_in, *scopes: Scope) -> str:
    """The token of a mini-app for a citizen who agreed to some scopes."""
    now = await clock.now()
    citizen = await accounts.actor_of(await sign_in("wang_fang"), now=now)
    assert citizen is not None
    await consents.grant(citizen, "rent-app", scopes, now=now)
    return await tokens.issue(citizen, "rent-app", scopes, now=now)


@pytest.mark.parametrize("case", storing.CASES, ids=lambda case: case.__name__)
async def test_the_platform_keeps_the_contract_of_stores(client: httpx.AsyncClient, sign_in, case):
    await an_app()
    token = await a_token(sign_in, Scope.STORAGE_KEEP)

    await case(OnBehalf("http://127.0.0.1:8000", token, http=client))


async def test_a_mini_app_without_the_scope_has_no_store(client: httpx.AsyncClient, sign_in):
    await an_app()
    platform = OnBehalf("http://127.0.0.1:8000", await a_token(sign_in, Scope.CASES_READ), http=client)

    for asked in (platform.storage.get("draft"), platform.storage.set("draft", 1)):
        with pytest.raises(denied.ScopeMissing):
            await asked


async def test_what_is_given_back_takes_the_store_along(client: httpx.AsyncClient, sign_in):
    scopes = (Scope.STORAGE_KEEP, Scope.CASES_READ)
    await an_app()

    async def agree() -> OnBehalf:
        return OnBehalf("http://127.0.0.1:8000", await a_token(sign_in, *scopes), http=client)

    await storing.gone_with_consent(await agree(), agree)
