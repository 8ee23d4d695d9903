"""A back end answers what a citizen wanted of his data, with the credential of production."""

import base64

import httpx

from miniapps.webhooks import queries, service
from miniapps.webhooks.rules import Right
from storage.db import transaction
from tests.miniapps.webhooks.conftest import APP, NOON
from tests.miniapps.webhooks.conftest import receiver as receiver
from tests.miniapps.webhooks.conftest import world as world


async def test_a_back_end_answers_with_its_credential(world, client: httpx.AsyncClient):
    user = await world.user()
    async with transaction():
        await service.ask_all(user.acting_for, Right.COPY, now=NOON)
    [question] = (await queries.questions(world.developer, APP, first=5, after=None)).rows
    told = {"request_id": str(question.id), "outcome": "done"}

    assert (await client.post("/apps/data-answers", json=told)).status_code == 401
    shown = base64.b64encode(f"{APP}:{world.client_secret}".encode()).decode()
    for _ in range(2):
        answer = await client.post(
            "/apps/data-answers", json=told, headers={"authorization": f"Basic {shown}"}
        )
        assert (answer.status_code, answer.json()["outcome"]) == (200, "done")
    left = await queries.questions(world.developer, APP, only_open=True, first=5, after=None)
    assert left.rows == []
