"""The operator's first screen."""

from datetime import timedelta

import httpx
import pytest

from api.settings import Settings
from identity.roles import Role
from miniapps.review import service as review
from miniapps.review.rules import PROMISED
from storage import clock, objects
from storage.embedded.valkey import Valkey
from storage.settings import ObjectsSettings, QueueSettings
from tests.api.conftest import an_actor, some_settings
from tests.api.pages.browsing import signed_in, text_of
from tests.api.web.operator.desk import at_work, waiting
from tests.miniapps.catalog.packed import hand_in
from tests.miniapps.review.factories import WRONG


@pytest.fixture
def settings(valkey: Valkey, seaweed: ObjectsSettings) -> Settings:
    return some_settings(queue=QueueSettings(url=valkey.url), objects=seaweed, clock="shift")


async def test_with_nothing_there_yet_the_screen_says_so(client: httpx.AsyncClient, sign_in):
    await at_work(client, sign_in)

    page = await client.get("/operator")

    assert page.status_code == 200
    told = text_of(page.text)
    assert "等待人工审核 0 个" in told and "没有发现问题" in told
    assert "等待机器检查 0 个 三分钟内有结果" in told


async def test_the_screen_says_how_many_verdicts_the_machine_owes_and_for_how_long(client, sign_in):
    await at_work(client, sign_in)
    await objects.ensure_bucket()
    version = await hand_in(an_actor(Role.DEVELOPER))
    await clock.shift(version.submitted_at - await clock.now())
    assert "等待机器检查 1 个 三分钟内有结果" in text_of((await client.get("/operator")).text)

    await clock.shift(PROMISED + timedelta(seconds=1))

    assert "其中 1 个超过三分钟还没有结果" in text_of((await client.get("/operator")).text)


async def test_the_screen_and_the_queue_say_how_long_half_and_nine_tenths_of_decisions_took(client, sign_in):
    operator, now = await at_work(client, sign_in), await clock.now()
    for hours in range(1, 12):
        row = await waiting(now - timedelta(hours=hours + 1), id=f"app-{hours:02}")
        then = now - timedelta(hours=1)
        await review.claim(operator, row.id, now=then)
        await review.refuse(operator, row.id, [WRONG], now=then)

    screen, queue = [text_of((await client.get(path)).text) for path in ("/operator", "/operator/reviews")]

    assert "一半在多久内审完 6 小时" in screen and "九成在多久内审完 10 小时" in screen
    assert "最近 30 天一半在 6 小时、九成在 10 小时内审完" in queue


async def test_citizens_are_not_let_in(client: httpx.AsyncClient):
    visitor = await client.get("/operator")
    await signed_in(client)

    assert visitor.headers["location"].startswith("/sign-in")
    assert (await client.get("/operator")).status_code == 403
