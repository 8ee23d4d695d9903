"""Mini-apps at the citizens' host: what is agreed to before, and the frame that only its own origin fills."""

import re

import httpx

from identity.roles import Role
from storage import clock
from tests.api.conftest import an_actor, as_operator
from tests.api.pages.browsing import forms_of, send, signed_in, text_of
from tests.miniapps.catalog.factories import SCOPES, make_released

APP = "/apps/rent-app"
ORIGIN = {"origin": "http://127.0.0.1:8000"}


async def test_a_citizen_reads_what_is_asked_agrees_and_gets_a_frame(client: httpx.AsyncClient):
    await make_released(an_actor(Role.DEVELOPER), as_operator(), await clock.now())
    await signed_in(client)
    sheet = await client.get(APP)
    named = re.findall(r'name="scope" value="([^"]+)"', sheet.text)
    part = await send(client, sheet, to=f"{APP}/consent", scope=named[0])
    word = dict(forms_of(part.text))[f"{APP}/consent"]["form_word"]
    agreed = await client.post(f"{APP}/consent", data={"form_word": word, "scope": named}, headers=ORIGIN)
    shown = await client.get(f"{APP}/index.html")
    session = await client.post(f"{APP}/session", data={"form_word": word}, headers=ORIGIN)

    assert sorted(named) == sorted(SCOPES)
    for told in ("替您提交和修改办件", "用途：替您提交申请", "示例科技有限公司", "同意并打开"):
        assert told in text_of(sheet.text)
    assert part.status_code == 409, "of all or of nothing"
    assert agreed.headers["location"] == APP
    assert "frame-src https://rent.example" in shown.headers["content-security-policy"].split("; ")
    assert 'data-page="index.html"' in shown.text
    assert session.json()["token"] not in shown.text
    assert sorted(session.json()["scopes"]) == sorted(SCOPES)


async def test_what_is_no_mini_app_for_him_is_told_as_none(client: httpx.AsyncClient):
    await signed_in(client)

    answer = await client.get("/apps/nothing-here")

    assert answer.status_code == 404
