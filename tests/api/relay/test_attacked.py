"""Raw connections, as somebody who wrote no program of ours makes them."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect

from api.http import relay
from miniapps.gateway.service import _calling, _exchange
from storage import mailbox
from tests.api.relay.conftest import APP, World, code_of, mini_app


def basic(world: World, client: str = APP) -> str:
    return f"Basic {base64.b64encode(f'{client}:{world.secrets[client]}'.encode()).decode()}"


@asynccontextmanager
async def raw(
    world: World, shown: str, *, number: int = 0, app: str = APP
) -> AsyncIterator[tuple[ClientConnection, dict[str, Any]]]:
    """A connection and the first word of the platform."""
    address = world.urls[number].replace("http", "ws", 1) + "/relay"
    async with connect(address, additional_headers={"authorization": shown}, proxy=None) as socket:
        await socket.send(json.dumps({"type": "hello", "app": app}))
        first = json.loads(await socket.recv())
        await asyncio.sleep(0.05)
        yield socket, first


async def frame_of(socket: ClientConnection) -> dict[str, Any]:
    """The next call, answered."""
    frame: dict[str, Any] = json.loads(await asyncio.wait_for(socket.recv(), 5))
    await socket.send(json.dumps({"type": "answer", "id": frame["id"], "status": 200, "body": 1}))
    return frame


async def test_a_token_for_an_invented_citizen_opens_no_back_end_that_serves_living_ones(world, sign_in):
    mine, invented = await sign_in("developer"), '{"sub": "victim", "scopes": ["cases:read"]}'
    async with raw(world, f"Bearer {mine}") as (socket, first), asyncio.TaskGroup() as group:
        group.create_task(world.call("rent.check", {"rent": 2}, token=mine, x_miniapp_citizen=invented))
        frame = await frame_of(socket)
    live = mini_app(world.folder, world.seen).asgi(platform=world.urls[0])
    live.door.platform = first["issuer"]

    async def receive() -> Any:
        return {"body": b'{"rent": 2}'}

    headers = {"authorization": f"Bearer {frame['token']}"}
    reply = await live.answer("POST", "/apis/rent.check", headers, receive)

    assert (first["audience"], reply.status) == (f"{APP}--sandbox", 401)
    assert b"aud is not" in reply.body
    assert world.seen == []


async def test_a_field_that_is_there_twice_means_one_thing_to_every_reader(world):
    told = {"authorization": f"Bearer {world.token}", "content-type": "application/json"}
    url, smuggled = f"{world.urls[0]}/gw/{APP}/rent.check", b'{"rent": "much", "rent": 3}'
    async with raw(world, basic(world)) as (socket, _), httpx.AsyncClient(trust_env=False) as http:
        asking = asyncio.create_task(http.post(url, content=smuggled, headers=told))
        text = await asyncio.wait_for(socket.recv(), 5)
        await socket.send(
            json.dumps({"type": "answer", "id": json.loads(text)["id"], "status": 200, "body": 1})
        )
        await asking

    assert '"body":{"rent":3}' in str(text)


async def test_calls_that_are_never_answered_hold_no_connection_for_ever(world, monkeypatch):
    monkeypatch.setattr(_calling, "PATIENCE_S", 0.5)
    monkeypatch.setattr(_exchange, "PATIENCE_S", 0.5)
    async with raw(world, basic(world), number=1):
        answer = await world.call("rent.check", {"rent": 1}, number=0)
        await asyncio.sleep(0.2)
        [connection] = world.apps[1].state.exchange.connections.values()

        assert (code_of(answer), connection.waiting) == ("APP_SILENT", {})


async def test_a_word_that_nobody_understands_makes_no_process_deaf(world):
    assert await mailbox.post(world.apps[0].state.exchange.name, b"\xc1")

    async with world.back_end(1):
        answer = await world.call("rent.check", {"rent": 1}, number=0)

    assert answer.status_code == 200


async def test_one_developer_takes_no_more_than_his_share_of_a_process(world, sign_in, monkeypatch):
    monkeypatch.setattr(relay, "PER_DESK", 1)
    shown = f"Bearer {await sign_in('developer')}"

    async with raw(world, shown) as (_, first), raw(world, shown, app="other-app") as (_, second):
        assert (first["type"], second["type"], second["code"]) == ("ready", "refused", "RELAY_REFUSED")
