"""The old gateway's client from npm, as it is published, calls a mini-app in jsdom and in Chromium."""

import socket
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from api.app import create_app
from api.http.lane import Lane
from api.settings import Settings
from api.wiring import configure
from identity import consents, tokens
from miniapps.gateway import service
from miniapps.gateway.rules import MOST_FRAME
from miniapps.gateway.service import GatewaySettings
from storage import clock, limits, queue
from storage.db import execute
from storage.settings import QueueSettings
from tests.api.conftest import some_settings
from tests.api.lane.served import Served, listening
from tests.api.relay.conftest import APP, World, a_client, actor_of
from tests.api.relay.npm_pages import HERE, Opened, in_chromium, in_jsdom, released

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


@pytest.fixture(scope="session")
def script(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The page's script with the client in it, as the old platform's developers build theirs."""
    out = tmp_path_factory.mktemp("page") / "page.js"
    made = ["node_modules/.bin/esbuild", "page.js", "--bundle", "--format=iife", f"--outfile={out}"]
    subprocess.run([*made, "--log-level=error"], cwd=HERE, check=True)
    return out.read_bytes()


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@pytest.fixture
def settings(valkey: Any, seaweed: Any, port: int) -> Settings:
    return some_settings(
        queue=QueueSettings(url=valkey.url), objects=seaweed, apps_host=f"apps.localhost:{port}",
        public_url=f"http://127.0.0.1:{port}",
    )  # fmt: skip


@pytest.fixture
async def world(
    db: Any, sign_in: Any, settings: Settings, port: int, script: bytes, tmp_path: Path
) -> AsyncIterator[World]:
    configure(settings)
    await queue.redis().flushdb()
    limits.forget()
    await released(script)
    app = create_app(settings)
    server = Served(app, Lane, ws="websockets-sansio", ws_max_size=MOST_FRAME)
    server.listener.close()
    server.listener = listening(port)
    async with app.state.engine.running(), app.state.exchange.running(), server:
        yield World([settings.public_url], [app], tmp_path, {APP: await a_client(APP)}, "")


CHECK, PROFILE = "mgop.rent.app.rent.check", "mgop.rent.app.rent.profile"


async def token_of(persona: str, sign_in) -> str:
    citizen, now = await actor_of(await sign_in(persona)), await clock.now()
    await consents.grant(citizen, APP, ["cases:read"], now=now)
    return await tokens.issue(citizen, APP, ["cases:read"], now=now)


def ret(told) -> str:
    assert "ill" in told, told
    return str(told["ill"]["ret"][0])


async def answered(world: World, page: Opened, first: str, second: str) -> None:
    async with world.back_end():
        assert ret(await page.ask(CHECK, {"rent": 1})) == "9003::登录已过期，请重新打开应用"
        assert await page.run("enter", first) == 204
        well = await page.ask(CHECK, {"rent": 3000})
        assert well["well"] == {
            "api": CHECK, "data": {"most": 36000, "elder": False}, "ret": ["1000::调用成功"],
        }  # fmt: skip
        await page.run("spoil")  # the cookie ran out
        again = await page.ask(CHECK, {"rent": 2}, Authorization="Bearer of-another-system")
        assert again["well"]["data"]["most"] == 24
        assert (await page.ask(CHECK, {"rent": 3}))["well"]["data"]["most"] == 36, "with a header that leaks"
        assert await page.run("enter", second) == 204
        assert (await page.ask(CHECK, {"rent": 4}))["well"]["data"]["most"] == 48
    assert len({each.sub for each in world.seen}) == 2, "another account is another citizen at once"


async def refused(world: World, page: Opened) -> None:
    async with world.back_end():
        assert ret(await page.ask(PROFILE, {})) == "3006::需要您先同意授权"
        assert ret(await page.ask(CHECK, {"rent": "much"})) == "3002::提交的内容不合要求（body.rent）"
        assert ret(await page.ask("mgop.rent.app.nothing", {})) == "3005::应用或者接口不存在"
        assert ret(await page.ask(CHECK, {"rent": 9001})) == "RENT_TOO_DEAR::9001 is too much."
        service.configure(GatewaySettings(app_per_s=1))
        crowd = [await page.ask(CHECK, {"rent": each}) for each in range(4)]
        service.configure(GatewaySettings())
        assert ret(crowd[-1]) == "1002::访问太频繁，请稍后再试"
    assert ret(await page.ask(CHECK, {"rent": 5})) == "4002::服务暂时不可用，请稍后再试"
    await execute("UPDATE session SET ended_at = now()")
    assert ret(await page.ask(CHECK, {"rent": 6})) == "9003::登录已过期，请重新打开应用"


@pytest.mark.parametrize("opened", [in_jsdom, in_chromium], ids=["jsdom", "chromium"])
async def test_the_client_as_it_is_published_calls_a_mini_app(world, sign_in, port, opened):
    first, second = await token_of("wang_fang", sign_in), await token_of("li_wei", sign_in)
    async with opened(world, f"http://{APP}.apps.localhost:{port}/1.0.0/index.html") as page:
        await answered(world, page, first, second)
        await refused(world, page)
