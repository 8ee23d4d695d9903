"""The operator's first screen."""

import httpx

from tests.api.pages.browsing import signed_in, text_of
from tests.api.web.operator.desk import at_work


async def test_with_nothing_there_yet_the_screen_says_so(client: httpx.AsyncClient, sign_in):
    await at_work(client, sign_in)

    page = await client.get("/operator")

    assert page.status_code == 200
    told = text_of(page.text)
    assert "等待人工审核 0 个" in told and "没有发现问题" in told


async def test_citizens_are_not_let_in(client: httpx.AsyncClient):
    visitor = await client.get("/operator")
    await signed_in(client)

    assert visitor.headers["location"].startswith("/sign-in")
    assert (await client.get("/operator")).status_code == 403
