"""What citizens hold and are told: the wallet, and the inbox."""

import httpx

from api.http.browser import SESSION
from identity import accounts
from storage import clock
from tests.api.pages.browsing import send, signed_in, text_of
from tests.miniapps.cases.factories import hold
from tests.miniapps.notices.factories import tell


async def test_a_paper_is_shown_and_taken_out(client: httpx.AsyncClient):
    await signed_in(client)
    empty = text_of((await client.get("/wallet")).text)
    citizen = await accounts.actor_of(client.cookies[SESSION], now=await clock.now())
    await hold(citizen)
    page = await client.get("/wallet")
    removed = await send(client, page, to="/wallet/remove")
    after = text_of((await client.get(removed.headers["location"])).text)

    assert "还没有电子证照" in empty and "还没有材料" in empty
    assert "您上传的" in text_of(page.text)
    assert "已从您的材料中删除" in after and "还没有材料" in after


async def test_a_notice_is_read_and_leads_on(client: httpx.AsyncClient):
    await signed_in(client)
    citizen = await accounts.actor_of(client.cookies[SESSION], now=await clock.now())
    await tell(citizen.acting_for, key="1", title="申请已受理", link="/cases")
    await tell(citizen.acting_for, key="2", title="请核对委托", link="/mandates")
    await tell(citizen.acting_for, key="3", title="通知", link=None)
    page = await client.get("/inbox")
    leads = [await send(client, page, to=to) for to in sorted(set(_reads(page.text)))]
    after = text_of((await client.get("/inbox")).text)
    only = text_of((await client.get("/inbox", params={"unread": "yes"})).text)
    foreign = await send(client, page, to=_reads(page.text)[0])

    assert "3 条未读" in text_of(page.text)
    assert {answer.headers["location"] for answer in leads} == {"/cases", "/account/mandates", "/inbox"}
    assert "未读" not in after.replace("只看未读", "")
    assert "没有未读的消息" in only
    assert foreign.status_code == 303, "again changes nothing"


def _reads(page: str) -> list[str]:
    return [part.split('"')[0] for part in page.split('action="')[1:] if part.split('"')[0].count("/") == 3]
