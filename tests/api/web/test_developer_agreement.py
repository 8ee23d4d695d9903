"""The agreement on the developer's page: read, signed for the team by its owner, taken back."""

import httpx

from miniapps.catalog import service
from miniapps.catalog.rules import Side
from miniapps.catalog.service import agreements
from storage import clock
from tests.api.pages.browsing import forms_of, send, text_of
from tests.api.web.office import ORIGIN, in_team
from tests.miniapps.catalog.factories import a_manifest, the_department

AGREEMENT = "/developer/apps/rent-app/agreement"


async def unsigned(client: httpx.AsyncClient):
    actor = await in_team(client)
    await the_department()
    return await service.submit(actor, a_manifest(), now=await clock.now())


async def test_the_owner_signs_what_she_read_once_though_it_is_sent_twice(client: httpx.AsyncClient):
    await unsigned(client)
    assert "签署责任书 进行中 请团队负责人" in text_of((await client.get("/developer/apps/rent-app")).text)
    page = await client.get(AGREEMENT)
    assert "开发团队 还没有签署" in text_of(page.text) and "二十四小时内告知" in page.text

    unread = await send(client, page, to=f"{AGREEMENT}/sign")
    assert unread.status_code == 422 and 'id="agree-problem"' in unread.text
    done = [await send(client, page, to=f"{AGREEMENT}/sign", agree="yes") for _ in range(2)]

    assert {each.headers["location"] for each in done} == {f"{AGREEMENT}?done=signed"}
    said = text_of((await client.get(AGREEMENT)).text)
    assert "开发团队 已签署" in said and "主管单位 还没有签署" in said
    assert "等主管单位签署" in text_of((await client.get("/developer/apps/rent-app")).text)


async def test_another_text_than_the_one_shown_is_not_signed(client: httpx.AsyncClient):
    await unsigned(client)
    page = await client.get(AGREEMENT)

    answer = await send(client, page, to=f"{AGREEMENT}/sign", agree="yes", sha256="0" * 64)

    assert answer.status_code == 409 and "内容更新了" in text_of(answer.text)
    assert agreements.text(Side.VENDOR).sha256 in answer.text


async def test_a_signature_is_taken_back_with_a_reason(client: httpx.AsyncClient):
    await unsigned(client)
    await send(client, await client.get(AGREEMENT), to=f"{AGREEMENT}/sign", agree="yes")
    page = await client.get(AGREEMENT)

    refused = await send(client, page, to=f"{AGREEMENT}/withdraw", reason="")
    assert refused.status_code == 422 and 'id="reason-problem"' in refused.text
    done = [await send(client, page, to=f"{AGREEMENT}/withdraw", reason="不再开发") for _ in range(2)]

    assert {each.headers["location"] for each in done} == {f"{AGREEMENT}?done=unsigned"}
    said = text_of((await client.get(AGREEMENT)).text)
    assert "开发团队 还没有签署" in said and "不再开发" in said


async def test_the_agreement_of_another_team_is_neither_seen_nor_signed(client: httpx.AsyncClient):
    await unsigned(client)
    fields = dict(forms_of((await client.get(AGREEMENT)).text))[f"{AGREEMENT}/sign"]
    await in_team(client, "li_wei", "另一个团队")
    word = dict(forms_of((await client.get("/developer/keys")).text))["/developer/keys"]["form_word"]

    answer = await client.post(
        f"{AGREEMENT}/sign", data={**fields, "agree": "yes", "form_word": word}, headers=ORIGIN
    )

    assert [answer.status_code, (await client.get(AGREEMENT)).status_code] == [404, 404]
