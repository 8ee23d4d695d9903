"""The operator's page of switches."""

from datetime import timedelta

import httpx

from identity.roles import Role
from miniapps.catalog import queries as catalog
from miniapps.release import queries
from storage import clock
from tests.api.conftest import an_actor, as_operator
from tests.api.pages.browsing import forms_of, send, text_of
from tests.api.web.operator.desk import at_work
from tests.miniapps.catalog.factories import make_released

SWITCHES = "/operator/switches"
WORDS = {"reason": "页面被篡改", "notice": "正在检修，请先到窗口办理"}


async def released() -> None:
    now = await clock.now() - timedelta(days=1)
    await make_released(an_actor(Role.DEVELOPER), as_operator(), now)


async def test_something_is_switched_off_after_asking_once_more_and_twice_is_once(client, sign_in):
    me = await at_work(client, sign_in)
    await released()
    page = await client.get(SWITCHES, params={"kind": "app", "target": "rent-app"})
    assert dict(forms_of(page.text))[SWITCHES]["target"] == "rent-app", "begun with what the address names"

    asked = await send(client, page, to=SWITCHES, **WORDS)
    assert (await catalog.app(me, "rent-app")).state == "listed"
    first = await send(client, asked, to=SWITCHES)
    again = await send(client, asked, to=SWITCHES)

    assert "给群众看的说明：正在检修" in text_of(asked.text)
    assert first.headers["location"] == again.headers["location"] == f"{SWITCHES}?done=off"
    assert (await catalog.app(me, "rent-app")).state == "suspended"
    assert len((await queries.switches(me, only_off=True, first=5, after=None)).rows) == 1
    assert "正在检修，请先到窗口办理" in text_of((await client.get("/operator/apps/rent-app")).text)


async def test_it_is_lifted_with_a_reason(client: httpx.AsyncClient, sign_in):
    me = await at_work(client, sign_in)
    await released()
    asked = await send(
        client, await client.get(SWITCHES), to=SWITCHES, kind="version", target="rent-app@1.0.0", **WORDS
    )
    await send(client, asked, to=SWITCHES)
    page = await client.get(f"{SWITCHES}/lift?kind=version&target=rent-app@1.0.0")

    silent = await send(client, page, to=f"{SWITCHES}/lift", reason="")
    done = await send(client, page, to=f"{SWITCHES}/lift", reason="已经修好")

    assert silent.status_code == 422 and 'id="reason-problem"' in silent.text
    assert done.headers["location"] == f"{SWITCHES}?done=on"
    assert (await catalog.app(me, "rent-app")).state == "listed"
    assert "没有停用任何东西" in text_of((await client.get(SWITCHES)).text)
    assert "已恢复" in text_of((await client.get(f"{SWITCHES}?all=1")).text)


async def test_what_is_missing_or_unknown_is_told_and_what_was_typed_stays(client, sign_in):
    await at_work(client, sign_in)
    page = await client.get(SWITCHES)

    empty = await send(client, page, to=SWITCHES, kind="app", target="rent-app", reason="", notice="")
    asked = await send(client, page, to=SWITCHES, kind="scope", target="no:such", **WORDS)
    unknown = await send(client, asked, to=SWITCHES)

    assert empty.status_code == 422 and 'id="reason-problem"' in empty.text and "rent-app" in empty.text
    assert unknown.status_code == 404 and "没有找到要停用的对象" in text_of(unknown.text)
    assert "正在检修" in unknown.text
