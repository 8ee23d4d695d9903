"""Two servers over the same database and Valkey, as two processes are, and back ends that connect to them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.http.lane import Lane
from api.settings import Settings
from api.wiring import configure
from banshi import Citizen, MiniApp
from banshi import manifest as manifests
from banshi.errors import DomainError
from banshi.serving import Link
from banshi.testing import fake
from identity import accounts, clients, consents, tokens
from identity.actor import Actor
from identity.clients import AuthMethod, OidcClient, Profile
from identity.roles import Role
from miniapps.catalog import service as catalog
from miniapps.gateway.rules import MOST_FRAME
from storage import clock, limits, queue
from tests.api.conftest import an_actor, app_of, as_operator
from tests.api.lane.served import Served
from tests.miniapps.catalog.factories import signed, the_department

APP = "rent-app"
TEXT = """
format: 1
id: rent-app
name: 租房提取
version: 1.0.0
department: 杭州住房公积金管理中心
operator: 示例科技有限公司
purpose: 租房的职工提取住房公积金
entry: https://rent.example
scopes: {"cases:read": 向您显示申请办到哪一步, "profile:read": 显示您的姓名和所在地区}
regions: ["330000"]
retention_days: 0
hotline: "12329"
apis:
  - name: rent.check
    scope: "cases:read"
    input: {type: object, properties: {rent: {type: integer, minimum: 0}}, required: [rent]}
  - {name: rent.slow, scope: "cases:read"}
  - name: rent.told
    scope: "cases:read"
    output: {type: object, properties: {most: {type: integer}}}
  - {name: rent.profile, scope: "profile:read"}
"""


class TooDear(DomainError):
    """Said by the back end of these tests."""

    code = "RENT_TOO_DEAR"
    status = 409
    text = "{rent} is too much."


def mini_app(folder: Path, seen: list[Any], *, gate: asyncio.Event | None = None) -> MiniApp:
    file = folder / "miniapp.yaml"
    file.write_text(TEXT)
    app = MiniApp.from_manifest(file)

    @app.api("rent.check", scope="cases:read")
    async def check(citizen: Citizen, ask: dict[str, int]) -> dict[str, Any]:
        seen.append(citizen)
        if ask["rent"] > 9000:
            raise TooDear(rent=ask["rent"])
        if ask["rent"] == 13:
            raise RuntimeError("a bug")
        return {"most": ask["rent"] * 12, "elder": citizen.elder}

    @app.api("rent.slow", scope="cases:read")
    async def slow(citizen: Citizen, ask: dict[str, int]) -> str:
        seen.append(citizen)
        if gate is not None:
            await gate.wait()
        return "done"

    @app.api("rent.profile", scope="profile:read")
    async def profile(citizen: Citizen, ask: dict[str, Any]) -> list[Any]:
        async with citizen.platform() as platform:
            viewer = await platform.viewer()
            seen.append(viewer)
            if ask.get("waits") and gate is not None:
                await gate.wait()
                viewer = await platform.viewer()
        return [viewer.level, viewer.scopes]

    return app


@dataclass
class World:
    """What a test of the relay has in hand."""

    urls: list[str]
    apps: list[Any]
    folder: Path
    secrets: dict[str, str]
    token: str  # of the mini-app, for a citizen who agreed to cases:read
    seen: list[Any] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    running: list[asyncio.Task[None]] = field(default_factory=list)  # the back ends

    @asynccontextmanager
    async def back_end(
        self, number: int = 0, *, client: str = APP, credential: str = ""
    ) -> AsyncIterator[Link]:
        """A back end of the SDK, connected to one of the servers."""
        shown = credential or f"{client}:{self.secrets[client]}"
        made = mini_app(self.folder, self.seen, gate=self.gate)
        server = made.asgi(platform=self.urls[number], credential=shown)
        link = Link(server, platform=self.urls[number], credential=shown)
        task = asyncio.create_task(link.run())
        self.running.append(task)
        connected = asyncio.create_task(link.connected.wait())
        await asyncio.wait([task, connected], timeout=5, return_when=asyncio.FIRST_COMPLETED)
        try:
            if task.done():
                await task
            await asyncio.sleep(0.05)  # the platform holds it a moment after it has said so
            yield link
        finally:
            for each in (task, connected):
                each.cancel()
            await asyncio.gather(task, connected, return_exceptions=True)

    async def call(
        self, api: str, ask: Any, *, number: int = 0, app: str = APP, token: str | None = None, **headers: str
    ) -> httpx.Response:
        """Call an API by one of the servers."""
        shown = {"authorization": f"Bearer {token or self.token}"}
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        async with httpx.AsyncClient(timeout=15, trust_env=False) as http:
            url = f"{self.urls[number]}/gw/{app}/{api}"
            return await http.post(url, json=ask, headers=shown | told)


def code_of(answer: httpx.Response) -> str:
    return str(answer.json()["errors"][0]["extensions"]["code"])


async def a_client(client_id: str) -> str:
    row = OidcClient(
        client_id=client_id, name="租房提取", operator="示例科技", auth_method=AuthMethod.BASIC,
        profile=Profile.OIDC, redirect_uris=[], post_logout_uris=[], scopes="{}", resources=[], serves=[],
        created_at=await clock.now(),
    )  # fmt: skip
    secret = await clients.add(row, now=await clock.now())
    assert secret is not None
    return secret


async def released(text: str = TEXT, developer: Actor | None = None) -> None:
    now = await clock.now()
    developer = developer or an_actor(Role.DEVELOPER)
    made = manifests.read(text)
    await the_department(made.department)
    version = await catalog.submit(developer, text, now=now)
    await catalog.gate_passed(version.id, now=now)
    await signed(developer, made.id, now=now)
    await catalog.approve(as_operator(), version.id, now=now)
    await catalog.give(version.app, version.id, now=now)


async def actor_of(token: str) -> Actor:
    found = await accounts.actor_of(token, now=await clock.now())
    assert found is not None
    return found


@asynccontextmanager
async def served(settings: Settings) -> AsyncIterator[tuple[str, Any]]:
    app = app_of(settings)
    rest = {
        "ws": "websockets-sansio",
        "ws_max_size": MOST_FRAME,
        "ws_ping_interval": 1.0,
        "ws_ping_timeout": 1.0,
    }
    async with app.state.engine.running(), app.state.exchange.running(), Served(app, Lane, **rest) as server:
        yield f"http://127.0.0.1:{server.port}", app


@pytest.fixture
async def world(db: Any, settings: Settings, sign_in: Any, tmp_path: Path) -> AsyncIterator[World]:
    configure(settings)
    await queue.redis().flushdb()
    limits.forget()
    await released()
    citizen, now = await actor_of(await sign_in("wang_fang")), await clock.now()
    await consents.grant(citizen, APP, ["cases:read"], now=now)
    token = await tokens.issue(citizen, APP, ["cases:read"], now=now)
    secrets = {name: await a_client(name) for name in (APP, f"{APP}--sandbox")}
    async with AsyncExitStack() as stack:
        found = [await stack.enter_async_context(served(settings)) for _ in range(2)]
        yield World([url for url, _ in found], [app for _, app in found], tmp_path, secrets, token)


__all__ = ["APP", "TEXT", "World", "code_of", "fake"]
