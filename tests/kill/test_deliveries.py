"""Workers are killed when a receiver has a delivery and nobody has written that down: all of it arrives."""

import asyncio
import time
from collections import defaultdict
from typing import Any
from uuid import UUID

import pytest

from banshi import events
from identity.clients import AuthMethod
from identity.oidc import registration
from identity.oidc.registration import Registration
from miniapps.webhooks.rules import message_id
from miniapps.webhooks.service import _planning
from storage import clock
from storage.db import fetch, transaction
from storage.ids import new_id
from tests.kill.conftest import Stage
from tests.miniapps.webhooks.conftest import Receiver

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

CLIENT = "rp_told"
PARTIES, EACH = 4, 5
FATAL = frozenset({2, 7, 13})  # at which requests the workers are killed
WITHIN_S = 120


class Deadly(Receiver):
    """Takes what it is sent; at some moments all workers die before they have its answer."""

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self.kills = 0
        self.stage = stage
        self.decide = self._decide

    def _decide(self, told: dict[str, Any]) -> int:
        if len(self.bodies) not in FATAL or self.stage.crew is None:
            return 202
        for worker in self.stage.crew.workers:
            worker.kill()
            worker.wait()
        self.kills += 1
        return 0


async def plan(sub: UUID, number: int) -> str:
    now = await clock.now()
    told = events.ConsentWithdrawn(
        sub=sub.hex, at=now, client_id=CLIENT, withdrawn=[str(number)], remaining=[]
    )
    async with transaction():
        made = await _planning.plan(told, CLIENT, line=sub, now=now)
    assert made is not None
    return message_id(made)


async def all_delivered() -> bool:
    return not await fetch("SELECT FROM webhook_delivery WHERE state <> 'delivered'")


async def test_what_was_under_way_when_its_worker_died_arrives_by_its_id_and_in_order(stage):
    deadly = Deadly(stage)
    server = await asyncio.start_server(deadly.serve, "127.0.0.1", 0)
    told_at = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/events"
    wanted = Registration(
        name=CLIENT, operator=CLIENT, redirect_uris=["https://rp.example/cb"], client_id=CLIENT,
        auth_method=AuthMethod.NONE, scopes={"openid": ""}, webhook_uri=told_at,
    )  # fmt: skip
    await registration.add(wanted, now=await clock.now())
    parties = [new_id() for _ in range(PARTIES)]
    planned = {party.hex: [await plan(party, number) for number in range(EACH)] for party in parties}

    async with server:
        stage.hire(2, ("tests.kill.delivering",))
        ends = time.monotonic() + WITHIN_S
        while not await all_delivered():
            assert time.monotonic() < ends, "deliveries are still open"
            await asyncio.sleep(0.2)

    came: dict[str, list[str]] = defaultdict(list)
    for id, told in zip(deadly.ids, deadly.told, strict=True):
        if id not in came[told["data"]["sub"]]:
            came[told["data"]["sub"]].append(id)
    assert came == planned
    assert deadly.kills == len(FATAL)
    assert len(deadly.ids) >= PARTIES * EACH + len(FATAL), "the kills hit nothing: the test is blind"
