"""The team's mini-apps on the developer's pages: listed, found, looked at, taken back."""

import httpx

from miniapps.catalog import service
from tests.api.conftest import NOON, as_operator
from tests.api.pages.browsing import forms_of, send, text_of
from tests.api.web.office import in_team, with_app, with_released


async def test_a_mini_app_is_listed_and_found_by_name_id_and_state(client: httpx.AsyncClient):
    actor = await in_team(client)
    await with_app(actor)
    await with_app(actor, id="school-app")

    assert text_of((await client.get("/developer")).text).count("租房提取") == 2
    found = text_of((await client.get("/developer", params={"q": "SCHOOL"})).text)
    assert "school-app" in found and "rent-app" not in found
    assert "没有找到" in text_of((await client.get("/developer", params={"state": "listed"})).text)
    assert "租房提取" in text_of((await client.get("/developer", params={"state": "new"})).text)
    assert (await client.get("/developer", params={"state": "x", "q": "%_\\"})).status_code == 200


async def test_the_page_of_a_mini_app_tells_what_comes_next(client: httpx.AsyncClient):
    actor = await in_team(client)
    row = await with_app(actor)

    page = text_of((await client.get("/developer/apps/rent-app")).text)
    assert "人工审核 进行中" in page and "版本 1.0.0" in page and "主管单位 杭州住房公积金管理中心" in page

    await service.refuse(as_operator(), row.id, "首页没有客服电话", now=NOON)
    page = text_of((await client.get("/developer/apps/rent-app")).text)
    assert "人工审核 需要处理" in page and "未通过" in page
    version = await client.get(f"/developer/apps/rent-app/versions/{row.id}")
    assert "首页没有客服电话" in text_of(version.text)


async def test_a_version_in_review_is_taken_back_once_though_it_is_sent_twice(client: httpx.AsyncClient):
    actor = await in_team(client)
    row = await with_app(actor)
    address = f"/developer/apps/rent-app/versions/{row.id}"
    page = await client.get(address)

    first = await send(client, page, to=f"{address}/withdraw")
    again = await send(client, page, to=f"{address}/withdraw")

    assert first.headers["location"] == again.headers["location"] == f"{address}?done=withdrawn"
    assert "版本已撤回" in text_of((await client.get(first.headers["location"])).text)
    assert f"{address}/withdraw" not in dict(forms_of((await client.get(address)).text))


async def test_what_is_decided_is_not_taken_back(client: httpx.AsyncClient):
    actor = await in_team(client)
    row = await with_app(actor)
    address = f"/developer/apps/rent-app/versions/{row.id}"
    page = await client.get(address)
    await service.refuse(as_operator(), row.id, "首页没有客服电话", now=NOON)

    answer = await send(client, page, to=f"{address}/withdraw")

    assert answer.status_code == 409


async def test_a_listed_mini_app_of_another_team_has_no_page_here(client: httpx.AsyncClient):
    first = await in_team(client)
    row = await with_released(first)
    await in_team(client, "li_wei", "另一个团队")

    pages = [
        await client.get(f"/developer/apps/{path}")
        for path in ("rent-app", "no-such-app", f"rent-app/versions/{row.id}")
    ]

    assert [page.status_code for page in pages] == [404] * 3
    assert "租房提取" not in "".join(page.text for page in pages)


async def test_a_version_stands_below_its_own_mini_app_only(client: httpx.AsyncClient):
    actor = await in_team(client)
    row = await with_app(actor)
    await with_app(actor, id="school-app")

    assert (await client.get(f"/developer/apps/school-app/versions/{row.id}")).status_code == 404
