"""The start page: what a browser sees first."""

import re

import httpx

from api.http import health, start
from identity import sandbox
from storage import objects


async def test_every_link_of_the_start_page_leads_somewhere(client: httpx.AsyncClient, seaweed):
    objects.configure(seaweed)
    await objects.ensure_bucket()

    page = (await client.get("/start")).text
    links = re.findall(r'href="([^"]+)"', page)
    asked = {"headers": {"accept": "text/html"}, "follow_redirects": True}
    answers = {path: (await client.get(path, **asked)).status_code for path in links}

    assert {"/sandbox/personas", "/account", "/developer", "/operator"} <= set(links)
    assert set(answers.values()) == {200}, answers


async def test_the_start_page_says_what_runs_and_whom_to_sign_in_as(client: httpx.AsyncClient, monkeypatch):
    async def findings():
        return {"postgresql": health.Finding(ok=True, ms=1), "valkey": health.Finding(ok=False, ms=2)}

    monkeypatch.setattr(start.health, "findings", findings)

    page = (await client.get("/start")).text

    assert re.findall("<li>(.*?)：.*?([✓✗])", page) == [("数据库 PostgreSQL", "✓"), ("任务队列 Valkey", "✗")]
    assert all(persona.key in page and persona.number in page for persona in sandbox.ALL)
    assert "不查病毒" in page


def test_the_start_page_of_production_greets_and_tells_no_more():
    handlers = start.routes(is_open=False)

    page = start._page("").content.decode()

    assert handlers == [start.start, start.errors]
    assert "您好" in page
    assert "href" not in page
    assert "$" not in page
