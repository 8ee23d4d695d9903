"""Clients and citizens for the tests of the provider's wire."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from identity import accounts
from identity.actor import Actor
from identity.oidc import requests
from storage import clock
from tests.api.conftest import SignIn
from tests.api.oidc.relying import Browser, Rp, query_of

Code = Callable[..., Awaitable[str]]


async def actor_of(token: str) -> Actor:
    actor = await accounts.actor_of(token, now=await clock.now())
    assert actor is not None
    return actor


@pytest.fixture
async def token(sign_in: SignIn) -> str:
    return await sign_in("wang_fang")


@pytest.fixture
def browser(client: httpx.AsyncClient, token: str) -> Browser:
    """The browser of a citizen who is signed in."""
    return Browser(client, token)


@pytest.fixture
def agree(browser: Browser, token: str) -> Callable[..., Awaitable[dict[str, str]]]:
    """Bring a request and agree to all of it, or to `keys`: what comes back to the client."""

    async def done(parameters: dict[str, Any], keys: set[str] | None = None) -> dict[str, str]:
        answer = await browser.get("/oauth/authorize", parameters)
        assert answer.status_code == 303, answer.text
        if not answer.headers["location"].startswith("/consent"):
            return query_of(answer)
        waiting, actor, now = query_of(answer)["request"], await actor_of(token), await clock.now()
        looked = await requests.look(actor, waiting, visitor=browser.visitor, now=now)
        chosen = {claim.key for claim in looked.claims} if keys is None else keys
        url = await requests.grant(actor, waiting, chosen, visitor=browser.visitor, now=now)
        return query_of(httpx.Response(303, headers={"location": url}))

    return done


@pytest.fixture
def code_for(agree: Callable[..., Awaitable[dict[str, str]]]) -> Code:
    """A code for a client, whichever way it must ask."""

    async def get(rp: Rp, keys: set[str] | None = None, **changes: Any) -> str:
        if rp.key is not None and rp.dpop is not None:
            asked = {"client_id": rp.client_id, "request_uri": await rp.push(**changes)}
        else:
            asked = rp.request(**changes)
        back = await agree(asked, keys)
        assert "code" in back, back
        return back["code"]

    return get
