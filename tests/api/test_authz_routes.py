"""Every HTTP route, asked by everybody with nothing in hand; in production nothing of the sandbox is there.

With a form, an id and a cookie in hand they are asked in test_authz_forms.
"""

import re
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import pytest
from litestar import Litestar

from api.app import create_app
from api.http import files
from api.settings import Settings
from banshi.scopes import Scope
from identity import accounts, consents, tokens
from identity.actor import Actor
from identity.sandbox import BY_KEY, FACE_CODE
from miniapps.materials import service as materials
from storage import clock, objects
from storage.embedded.valkey import Valkey
from storage.settings import ObjectsSettings, QueueSettings
from tests.api.authz_route_table import OIDC, PAGES, ROUTES
from tests.api.conftest import SignIn, serving, some_settings
from tests.miniapps.materials.factories import given

PERSONAS = {
    "owner": "wang_fang", "other": "li_wei", "clerk": "clerk_public_security", "security": "security",
    "operator": "operator", "developer": "developer", "maintainer": "maintainer", "auditor": "auditor",
}  # fmt: skip
DEVELOPMENT = ("/sandbox", "/graphiql")
WHO = BY_KEY["chen_jing"]
NOBODY = "00000000-0000-7000-8000-00000000000f"
ID_IN_PATH = re.compile(r"{\w+:uuid}")
BODIES: dict[tuple[str, str], Any] = {
    ("POST", "/graphql"): {"query": "{ requestId }"},
    ("POST", "/gw/{app_id:str}/{api:str}"): {},
    ("POST", "/sandbox/clock"): {"by_s": 0},
    ("POST", "/uc/sso/ticket"): {"appId": "nobody"},
    ("POST", "/session"): {"method": "face", "id_number": WHO.number, "name": WHO.name, "face": FACE_CODE},
    ("POST", "/session/sms"): {"id_number": WHO.number, "name": ""},
    ("POST", "/session/passkey/options"): {},
    ("POST", "/session/passkey"): {"id": NOBODY, "credential": {}},
    ("POST", "/session/network-id"): {"credential": "wz-nobody"},
    ("POST", "/session/qr"): {},
    ("POST", "/session/qr/{id:uuid}/session"): {"secret": "0"},
    ("POST", "/session/qr/{id:uuid}/approval"): {"number": 10},
    ("POST", "/passkeys"): {"id": NOBODY, "credential": {}},
}
SIGNING_IN = {route for route in BODIES if route[1].startswith("/session")} - {
    ("POST", "/session/qr/{id:uuid}/approval")
}
"""They take a token only to step its session up: who comes with one that has ended signs in all the same."""


def routes(app: Litestar) -> set[tuple[str, str]]:
    return {
        (method, route.path)
        for route in app.routes
        for method in getattr(route, "methods", ())
        if method != "OPTIONS"
    }


@pytest.fixture
def settings(valkey: Valkey, seaweed: ObjectsSettings) -> Settings:
    return some_settings(queue=QueueSettings(url=valkey.url), objects=seaweed)


@pytest.fixture
async def bearers(client: httpx.AsyncClient, sign_in: SignIn) -> dict[str, str]:
    found = {name: await sign_in(persona) for name, persona in PERSONAS.items()}
    now = await clock.now()
    owner = await _actor(found["owner"])
    await consents.grant(owner, "rent-app", [Scope.MATERIALS_READ], now=now)
    return found | {
        "app": await tokens.issue(owner, "rent-app", [Scope.MATERIALS_READ], now=now),
        "visitor": "",
    }


async def _actor(token: str) -> Actor:
    actor = await accounts.actor_of(token, now=await clock.now())
    assert actor is not None
    return actor


@pytest.fixture
async def link(bearers: dict[str, str]) -> AsyncIterator[str]:
    """A link that the owner's session may open."""
    await objects.ensure_bucket()
    owner, now = await _actor(bearers["owner"]), await clock.now()
    version = await given(owner, now=now)
    yield files.link(await materials.download_link(owner, version.id, now=now))


async def asked(client: httpx.AsyncClient, route: tuple[str, str], token: str, link: str) -> int:
    method, path = route
    headers = {"authorization": f"Bearer {token}"} if token else {}
    url = path.replace("{seed:int}", "7").replace("{name:str}", "mount.js")
    url = url.replace("{request_id:uuid}", str(UUID(int=1)))
    url = url.replace("{app_id:str}/{api:str}", "rent-app/rent.check").replace("{app_id:str}", "rent-app")
    url = ID_IN_PATH.sub(NOBODY, url)
    if path.startswith("/gw/"):
        headers["x-miniapp-citizen"] = '{"sub": "somebody"}'
    if path.startswith("/files/"):
        url, headers["host"] = urlsplit(link).path, urlsplit(link).netloc
    if path.startswith("/files/exports/"):
        url = path.replace("{token:str}", "none")
    parameters = {"query": "{ requestId }"} if route == ("GET", "/graphql") else None
    answer = await client.request(method, url, headers=headers, params=parameters, json=BODIES.get(route))
    return answer.status_code


def test_the_table_names_every_route() -> None:
    assert routes(create_app(some_settings())) == set(ROUTES)


async def test_everybody_gets_the_status_that_the_table_says(
    client: httpx.AsyncClient, bearers: dict[str, str], link: str
) -> None:
    wrong = []
    for route, statuses in ROUTES.items():
        for name, token in bearers.items():
            expected = statuses.get(name, statuses["*"])
            found = await asked(client, route, token, link)
            if found != expected:
                wrong.append((route, name, expected, found))

    assert wrong == []


async def test_a_token_that_has_ended_is_told_so_everywhere(client: httpx.AsyncClient, link: str) -> None:
    open_to_all = {route for route, statuses in ROUTES.items() if statuses == {"*": 200}} - {
        ("GET", "/graphql"),
        ("POST", "/graphql"),
    }
    found = {
        route: await asked(client, route, "s" + "0" * 64, link)
        for route in ROUTES.keys() - PAGES.keys() - OIDC.keys() - open_to_all - SIGNING_IN
    }

    nowhere = (
        "/files/",
        "/h5/",
        "/mgop/",
    )  # by a link, at the origin of a mini-app, and of one that is listed
    assert found == {route: 404 if route[1].startswith(nowhere) else 401 for route in found}


async def test_production_has_neither_sandbox_nor_graphiql(valkey: Valkey) -> None:
    settings = some_settings(
        mode="production", clock="system", verifier="none", queue=QueueSettings(url=valkey.url)
    )

    assert {route for route in ROUTES if not route[1].startswith(DEVELOPMENT)} == routes(create_app(settings))
    async with serving(settings) as client:
        answers = [await client.get(path) for path in ("/sandbox/clock", "/graphiql/mount.js")]
    assert [answer.json()["errors"][0]["extensions"]["code"] for answer in answers] == ["PATH_UNKNOWN"] * 2
