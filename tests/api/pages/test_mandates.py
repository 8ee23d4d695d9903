"""Acting for somebody on pages: proposed by one browser, accepted in another, seen by both, ended at once."""

from datetime import timedelta

import httpx
import pytest

from identity import sessions
from storage import clock
from storage.clock import local_date
from storage.db import execute
from tests.api.conftest import serving
from tests.api.pages.browsing import card, send, signed_in, text_of

SESSION = "banshi_session"
NEW, LIST = "/account/mandates/new", "/account/mandates"


@pytest.fixture
async def other(client, settings):
    """The browser of the delegate."""
    async with serving(settings) as made:
        await signed_in(made, "li_wei")
        yield made


async def in_days(days: int) -> str:
    return local_date(await clock.now() + timedelta(days=days)).isoformat()


async def proposed(client: httpx.AsyncClient, **changes: str) -> httpx.Response:
    page = await client.get(NEW)
    body = {**card("li_wei"), "scope": "cases:read", "until": await in_days(30), **changes}
    return await send(client, page, to=NEW, **body)


async def test_a_mandate_is_proposed_accepted_used_seen_and_ended(client, other):
    await signed_in(client, "wang_fang")
    sent = await proposed(client)
    mine = text_of((await client.get(sent.headers["location"])).text)
    assert "已发给对方" in mine and "李* 代我办 等待确认" in mine and "可以：查看办件" in mine

    page = await other.get(LIST)
    assert "我代 王* 办 等待确认" in text_of(page.text)
    await send(other, page, to=f"{LIST}/answer", answer="accept")
    page = await other.get(LIST)
    before = other.cookies[SESSION]
    started = await send(other, page, to="/sign-in/context")
    account = text_of((await other.get(started.headers["location"])).text)
    assert "您正在代 王* 办理" in account and "更换身份" in account
    assert await sessions.actor_of(before, now=await clock.now()) is None

    told = text_of((await client.get("/account/accesses")).text)
    assert "李*" in told
    await send(client, await client.get(LIST), to=f"{LIST}/end")
    assert "已结束" in text_of((await client.get(LIST)).text)
    assert (await other.get("/account")).status_code == 303, "the context ended, and the session in it"


async def test_a_proposal_can_be_refused_and_nobody_accepts_his_own(client, other):
    await signed_in(client, "wang_fang")
    await proposed(client, side="delegate")
    own = await client.get(LIST)
    assert "接受" not in own.text.replace("未被接受", "")
    page = await other.get(LIST)
    await send(other, page, to=f"{LIST}/answer", answer="refuse")

    assert "未被接受" in text_of((await client.get(LIST)).text)


@pytest.mark.parametrize(
    ("_case", "changes", "field", "text"),
    [
        ("number", {"id_number": "1"}, "id_number", "18 位"),
        ("no day", {"until": "tomorrow"}, "until", "请填写日期"),
        ("nobody", {"name": "无名氏"}, "", ""),
        ("nothing allowed", {"scope": "desk:write"}, "", "至少选择一项"),
        ("oneself", card("wang_fang"), "", "不能把事情委托给自己"),
    ],
)
async def test_a_mistake_is_told_and_what_was_typed_stays(client, _case, changes, field, text):
    await signed_in(client, "li_wei")
    await signed_in(client, "wang_fang", prompt="login")
    answer = await proposed(client, **changes)

    assert answer.status_code >= 400
    assert text in text_of(answer.text)
    assert (f'id="{field}-problem"' in answer.text) == bool(field)
    assert 'value="李伟"' in answer.text or "name" in changes


async def test_a_weak_sign_in_steps_up_before_it_gives_a_mandate(client):
    await signed_in(client, "wang_fang")
    await execute("UPDATE session SET level = 2")
    answer = await proposed(client)

    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in?next=%2Faccount%2Fmandates&acr_values=")
