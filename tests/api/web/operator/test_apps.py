"""The operator's pages of mini-apps, and of their releases."""

import re
from datetime import timedelta

import httpx

from identity.roles import Role
from miniapps.gateway import service as gateway
from miniapps.insight.rules.counting import What
from miniapps.insight.service.flushing import flush
from miniapps.insight.service.noting import Buffer, counting_into, note
from miniapps.release import queries
from storage import clock
from tests.api.conftest import an_actor, as_operator
from tests.api.pages.browsing import forms_of, send, text_of
from tests.api.web.operator.desk import at_work
from tests.miniapps.catalog.factories import make_approved, make_released

APPS, ONE = "/operator/apps", "/operator/apps/rent-app"


async def two_versions() -> None:
    """1.0.0 is everybody's, and 1.1.0 approved."""
    developer, now = an_actor(Role.DEVELOPER), await clock.now()
    await make_released(developer, as_operator(), now - timedelta(days=2))
    await make_approved(developer, as_operator(), now, version="1.1.0")


async def test_mini_apps_are_found_by_name_id_and_state(client: httpx.AsyncClient, sign_in):
    await at_work(client, sign_in)
    await two_versions()
    await make_approved(an_actor(Role.DEVELOPER), as_operator(), await clock.now(), id="bus-app")

    everything = text_of((await client.get(APPS)).text)
    by_id = text_of((await client.get(APPS, params={"words": "BUS"})).text)
    listed = text_of((await client.get(APPS, params={"state": "listed"})).text)
    nothing = text_of((await client.get(APPS, params={"words": "公交", "state": "nonsense"})).text)

    assert "rent-app" in everything and "bus-app" in everything
    assert "bus-app" in by_id and "rent-app" not in by_id
    assert "rent-app" in listed and "bus-app" not in listed
    assert "没有找到应用" in nothing


async def test_the_apis_of_a_listed_mini_app_are_a_link_away(client: httpx.AsyncClient, sign_in):
    await at_work(client, sign_in)
    await two_versions()
    await make_approved(an_actor(Role.DEVELOPER), as_operator(), await clock.now(), id="bus-app")
    page, unlisted = await client.get(ONE), await client.get(f"{APPS}/bus-app")

    [link] = re.findall(r'href="(/mgop/[^"]+)"', page.text)
    assert (await client.get(link)).json()["appKey"] == "rent-app"
    assert "/mgop/" not in unlisted.text


async def test_a_version_rises_by_a_share_and_a_region_and_only_rises(client: httpx.AsyncClient, sign_in):
    me = await at_work(client, sign_in)
    await two_versions()
    to = f"{ONE}/promote"

    page = await client.get(ONE)
    first = await send(client, page, to=to, version="1.1.0", reach="percent", percent="20")
    again = await send(client, page, to=to, version="1.1.0", reach="percent", percent="20")
    page = await client.get(ONE)
    await send(client, page, to=to, version="1.1.0", reach="regions", regions="330100")
    less = await send(client, await client.get(ONE), to=to, version="1.1.0", reach="percent", percent="5")
    odd = await send(client, await client.get(ONE), to=to, version="1.1.0", reach="percent", percent="很多")

    assert first.headers["location"] == again.headers["location"] == f"{ONE}?done=promoted"
    now = (await queries.release(me, "rent-app")).standing
    assert (now.percent, now.regions) == (20, ("330100",))
    assert less.status_code == 409 and "只能扩大" in text_of(less.text)
    assert odd.status_code == 422 and 'id="percent-problem"' in odd.text and "很多" in odd.text
    assert "20% 的人" in text_of((await client.get(ONE)).text) and "杭州市" in less.text


async def test_to_everybody_only_after_asking_once_more(client: httpx.AsyncClient, sign_in):
    me = await at_work(client, sign_in)
    await two_versions()
    page = await client.get(ONE)

    asked = await send(client, page, to=f"{ONE}/promote", version="1.1.0", reach="everyone")
    before = (await queries.release(me, "rent-app")).standing
    done = await send(client, asked, to=f"{ONE}/promote")
    again = await send(client, asked, to=f"{ONE}/promote")

    assert "发布给所有人？" in text_of(asked.text) and before.candidate is None
    assert done.headers["location"] == again.headers["location"] == f"{ONE}?done=promoted"
    assert (await queries.release(me, "rent-app")).standing.previous == before.stable


async def test_rolling_back_asks_for_a_reason_and_once_more(client: httpx.AsyncClient, sign_in):
    me = await at_work(client, sign_in)
    await two_versions()
    stable = (await queries.release(me, "rent-app")).standing.stable
    asked = await send(client, await client.get(ONE), to=f"{ONE}/promote", version="1.1.0", reach="everyone")
    await send(client, asked, to=f"{ONE}/promote")
    page, to = await client.get(ONE), f"{ONE}/roll-back"

    silent = await send(client, page, to=to, back_to="1.0.0", reason=" ")
    asked = await send(client, page, to=to, back_to="1.0.0", reason="新版本打不开")
    assert "回滚到 1.0.0？" in text_of(asked.text) and "新版本打不开" in text_of(asked.text)
    done = await send(client, asked, to=to)

    assert silent.status_code == 422 and 'id="reason-problem"' in silent.text
    assert done.headers["location"] == f"{ONE}?done=rolled-back"
    assert (await queries.release(me, "rent-app")).standing.stable == stable
    told = text_of((await client.get(ONE)).text)
    assert "回滚 1.0.0" in told and "新版本打不开" in told and "，您" in told


async def test_how_it_does_is_shown_and_what_is_unknown_is_not_there(client: httpx.AsyncClient, sign_in):
    await at_work(client, sign_in)
    await two_versions()
    buffer = Buffer()
    with counting_into(buffer):
        note("rent-app", "1.0.0", What.OPEN, n=7)
        note("rent-app", "1.0.0", What.CALL, n=5)
    await flush(buffer, now=await clock.now())

    page = await client.get(ONE)

    assert "打开 7 次" in text_of(page.text)
    assert "打开 7 次" in text_of((await client.get("/operator")).text)
    assert [action for action, _ in forms_of(page.text)].count(f"{ONE}/promote") == 1
    assert (await client.get(f"{APPS}/no-such")).status_code == 404


async def test_it_is_given_more_or_fewer_calls_with_a_reason(client: httpx.AsyncClient, sign_in):
    me, to = await at_work(client, sign_in), f"{ONE}/quota"
    await two_versions()
    page = await client.get(ONE)

    odd = await send(client, page, to=to, perS="很多", why="人口普查")
    many = await send(client, page, to=to, perS="20001", why="人口普查")
    silent = await send(client, page, to=to, perS="500", why=" ")
    done = await send(client, page, to=to, perS="500", why="人口普查")
    told = text_of((await client.get(ONE)).text)
    await send(client, page, to=to, perS="", why="普查结束")

    assert odd.status_code == many.status_code == silent.status_code == 422
    assert 'id="perS-problem"' in odd.text and "很多" in odd.text and "1 至 20000" in text_of(many.text)
    assert 'id="why-problem"' in silent.text and "500" in silent.text
    assert done.headers["location"] == f"{ONE}?done=quota"
    assert "现在每秒最多 500 次" in told and "人口普查" in told
    assert (await gateway.quota(me, "rent-app")).set_at is None
