"""Webhooks on the developer's pages: an address, a test, every delivery with its tries, and sending again."""

from datetime import timedelta

import httpx

from miniapps.catalog.rules import Environment
from miniapps.catalog.service import credentials
from miniapps.webhooks import queries, service
from miniapps.webhooks.tasks import TASKS
from storage import clock
from storage.db import execute
from tests.api.pages.browsing import forms_of, text_of
from tests.api.web.office import ORIGIN, in_team, with_app
from tests.miniapps.webhooks.conftest import receiver as receiver
from tests.workers import drain

ALL = "/developer/apps/rent-app/webhooks"
HERE = {"environment": "sandbox"}


async def press(client: httpx.AsyncClient, act: str, **typed: str) -> httpx.Response:
    """Send a form of the page, filled in."""
    page, wanted = (await client.get(ALL)).text, {**HERE, "act": act}
    fields = next(made for to, made in forms_of(page) if to == ALL and wanted.items() <= made.items())
    return await client.post(ALL, data={**fields, **typed}, headers=ORIGIN)


async def test_an_address_is_registered_tried_and_looked_into(client: httpx.AsyncClient, receiver):
    actor = await in_team(client)
    await with_app(actor)
    nobody = await press(client, "register", url=receiver.url)
    assert nobody.status_code == 404 and "请先生成" in text_of(nobody.text)
    await credentials.issue(actor, "rent-app", Environment.SANDBOX, now=await clock.now())

    inside = await press(client, "register", url="https://10.0.0.1/hook")
    assert inside.status_code == 422 and "不能推送到这个地址" in text_of(inside.text)
    assert "https://10.0.0.1/hook" in inside.text  # what was typed stays
    made = await press(client, "register", url=receiver.url)
    assert made.status_code == 303
    assert (await press(client, "try")).status_code == 303
    receiver.decide = lambda told: 500
    await drain(TASKS, await clock.now() + timedelta(seconds=1))

    said = text_of((await client.get(ALL)).text)
    assert receiver.url in said and "申请已有决定 没有送达 测试" in said
    [one] = (await queries.deliveries(actor, "rent-app", first=5, after=None)).rows
    page = await client.get(f"{ALL}/{one.row.id}")
    assert "回答 500" in text_of(page.text) and "&#34;test&#34;: true" in page.text
    receiver.decide = lambda told: 204
    [(to, fields)] = [(to, fields) for to, fields in forms_of(page.text) if to.endswith("/replay")]
    assert (await client.post(to, data=fields, headers=ORIGIN)).status_code == 303
    await drain(TASKS, await clock.now() + timedelta(seconds=1))
    assert "已送达" in text_of((await client.get(f"{ALL}/{one.row.id}")).text)
    assert "没有这样的推送记录" in text_of((await client.get(f"{ALL}?state=dead")).text)

    assert (await press(client, "remove")).status_code == 303
    assert await queries.addresses(actor, "rent-app") == []


async def test_only_owners_send_again_what_went_to_production(client: httpx.AsyncClient, receiver):
    actor = await in_team(client)
    await with_app(actor)
    for environment in Environment:
        await credentials.issue(actor, "rent-app", environment, now=await clock.now())
        await service.register(actor, "rent-app", environment, receiver.url, now=await clock.now())
    now = await clock.now()
    made = {
        each: await service.try_out(actor, "rent-app", each, "case.decided", now=now) for each in Environment
    }
    at = f"{ALL}/{made[Environment.PRODUCTION].id}"
    page = (await client.get(at)).text
    [(to, fields)] = [(to, fields) for to, fields in forms_of(page) if to.endswith("/replay")]
    await execute("UPDATE team_member SET role = 'developer' WHERE party_id = $1", actor.person_id)

    refused = await client.post(to, data=fields, headers=ORIGIN)
    assert refused.status_code == 403 and "只有团队负责人可以这样做" in text_of(refused.text)
    shown = (await client.get(at)).text
    assert not [to for to, _ in forms_of(shown) if to.endswith("/replay")]
    assert "只有团队负责人可以重新推送正式环境的消息" in text_of(shown)
    trial = (await client.get(f"{ALL}/{made[Environment.SANDBOX].id}")).text
    [(to, fields)] = [(to, fields) for to, fields in forms_of(trial) if to.endswith("/replay")]
    assert (await client.post(to, data=fields, headers=ORIGIN)).status_code == 303


async def test_another_teams_deliveries_are_not_shown(client: httpx.AsyncClient):
    await with_app(await in_team(client))
    await in_team(client, "li_wei", "另一个团队")

    assert (await client.get(ALL)).status_code == 404
