"""A developer at her browser: a team founded and entered, with or without mini-apps of its own."""

import httpx

from api.http.browser import SESSION
from banshi import package
from identity import accounts
from identity.actor import Actor
from miniapps.catalog import service
from storage import clock
from tests.api.conftest import as_operator
from tests.api.pages.browsing import send, signed_in
from tests.miniapps.catalog.factories import handed_in, make_approved, make_released
from tests.miniapps.catalog.packed import PEM

ORIGIN = {"origin": "http://127.0.0.1:8000"}
TEAMS = "/developer/teams"


async def in_team(client: httpx.AsyncClient, persona: str = "wang_fang", name: str = "星河小组") -> Actor:
    """Sign in, found a team and enter it; return who the browser's session acts as."""
    client.cookies.clear()
    await signed_in(client, persona)
    await send(client, await client.get(TEAMS), to=TEAMS, name=name)
    await send(client, await client.get(TEAMS), to="/sign-in/context")
    return await accounts.actor_of(client.cookies[SESSION], now=await clock.now())


async def with_key(actor: Actor) -> None:
    """Let the team sign with the key of the tests' packages."""
    await service.add_key(actor, package.public_of(PEM).hex(), "发布密钥", now=await clock.now())


async def with_app(actor: Actor, **facts: str):
    """Hand a version in whose pages lie elsewhere; it is queued."""
    return await handed_in(actor, await clock.now(), **facts)


async def with_released(actor: Actor, **facts: str):
    """A version of the team's that everybody has."""
    return await make_released(actor, as_operator(), await clock.now(), **facts)


async def with_approved(actor: Actor, **facts: str):
    """A version of the team's that may be released."""
    return await make_approved(actor, as_operator(), await clock.now(), **facts)
