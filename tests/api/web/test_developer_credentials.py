"""Credentials on the developer's page: shown once, rotated once though the form is sent twice."""

import re

import httpx

from identity import clients
from storage import clock
from tests.api.pages.browsing import forms_of, text_of
from tests.api.web.office import ORIGIN, in_team, with_app

ALL = "/developer/apps/rent-app/credentials"
SECRET = re.compile(r"接口密钥 ([A-Za-z0-9_-]{43}) ")


async def press(client: httpx.AsyncClient, page: str, **wanted: str) -> httpx.Response:
    """Send the form of the page that has these values."""
    fields = next(fields for to, fields in forms_of(page) if to == ALL and wanted.items() <= fields.items())
    return await client.post(ALL, data=fields, headers=ORIGIN)


async def test_secrets_are_shown_once(client: httpx.AsyncClient):
    await with_app(await in_team(client))
    page = (await client.get(ALL)).text

    made = await press(client, page, environment="sandbox", act="issue")

    [secret] = SECRET.findall(text_of(made.text))
    assert "whsec_" in made.text and "rent-app--sandbox" in made.text
    assert made.headers["cache-control"] == "no-store"
    again = await press(client, page, environment="sandbox", act="issue")
    assert again.status_code == 409 and "已经生成过" in text_of(again.text)
    for shown in (again.text, (await client.get(ALL)).text):
        assert secret not in shown and "whsec_" not in shown
    client_row = await clients.get("rent-app--sandbox")
    assert client_row is not None and client_row.knows(secret, now=await clock.now())


async def test_a_secret_is_rotated_once_and_the_old_one_goes_on(client: httpx.AsyncClient):
    await with_app(await in_team(client))
    first = await press(client, (await client.get(ALL)).text, environment="production", act="issue")
    page = (await client.get(ALL)).text

    for act in ("secret", "webhook"):
        made = await press(client, page, environment="production", act=act)
        again = await press(client, page, environment="production", act=act)
        assert made.status_code == 200 and "只显示这一次" in text_of(made.text)
        assert again.status_code == 409 and "刚刚换过" in text_of(again.text)
        assert "失效" in text_of(again.text)

    client_row = await clients.get("rent-app")
    [old] = SECRET.findall(text_of(first.text))
    assert client_row is not None and client_row.knows(old, now=await clock.now())
    assert len(await clients.secrets_made("rent-app")) == 2


async def test_what_is_no_environment_or_act_is_refused(client: httpx.AsyncClient):
    await with_app(await in_team(client))
    fields = next(fields for to, fields in forms_of((await client.get(ALL)).text) if to == ALL)

    for wrong in ({"environment": "x"}, {"act": "x"}):
        assert (await client.post(ALL, data=fields | wrong, headers=ORIGIN)).status_code == 422
    stale = await client.post(ALL, data=fields | {"act": "secret", "seen": "x"}, headers=ORIGIN)
    assert stale.status_code == 409


async def test_another_teams_credentials_are_not_to_be_had(client: httpx.AsyncClient):
    await with_app(await in_team(client))
    await in_team(client, "li_wei", "另一个团队")

    assert (await client.get(ALL)).status_code == 404
