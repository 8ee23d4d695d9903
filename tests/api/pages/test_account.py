"""The account on pages: what one sees of oneself, ends, and is told of others."""

import re
from dataclasses import replace
from datetime import timedelta

import httpx

from banshi.scopes import Scope
from identity import audit, consents, objections, sessions
from identity.actor import WORKER
from identity.sandbox import BY_KEY
from miniapps.notices import queries
from miniapps.stores import service as stores
from storage import clock
from storage.ids import new_id
from tests.api.conftest import a_department, as_clerk
from tests.api.pages.browsing import card, send, signed_in, text_of
from tests.miniapps.shelf.factories import an_app

SESSION = "banshi_session"
END = "/account/sessions/revoke"
OBJECT = "/account/accesses/object"


async def me(client: httpx.AsyncClient):
    actor = await sessions.actor_of(client.cookies[SESSION], now=await clock.now())
    assert actor is not None
    return actor


async def test_who_is_not_signed_in_is_sent_to_sign_in_and_back(client: httpx.AsyncClient):
    asked = await client.get("/account/accesses?after=01a2")
    page = await client.get(asked.headers["location"])
    answer = await send(client, page, **card("wang_fang"), face="ok")

    assert asked.status_code == 303
    assert answer.headers["location"] == "/account/accesses?after=01a2"


async def test_an_application_that_may_write_is_muted_and_heard_again(client: httpx.AsyncClient):
    await signed_in(client)
    actor, told = await me(client), []
    await consents.grant(actor, "rent-app", [Scope.NOTICES_SEND], now=await clock.now())

    for path in ("/account/consents/mute", "/account/consents/unmute"):
        answer = await send(client, await client.get("/account/consents"), to=path)
        page = await client.get(answer.headers["location"])
        told.append((text_of(page.text), [row.app_id for row in await queries.muted(actor)]))

    assert "rent-app 您不接收它的消息 重新接收" in told[0][0]
    assert "rent-app 您接收它的消息 不再接收" in told[1][0]
    assert [muted for _, muted in told] == [["rent-app"], []]


async def test_one_sees_oneself_masked(client: httpx.AsyncClient):
    await signed_in(client)
    page = (await client.get("/account")).text
    who = BY_KEY["wang_fang"]

    assert who.number not in page and who.phone not in page and who.name not in page
    assert "王*" in page
    assert who.phone[-4:] in page
    assert "三级" in text_of(page)


async def test_one_ends_a_session_on_another_device_and_not_somebody_elses(
    client: httpx.AsyncClient, sign_in
):
    phone, stranger = await sign_in("wang_fang"), await sign_in("li_wei")
    await signed_in(client)
    now = await clock.now()
    theirs = await sessions.actor_of(stranger, now=now)

    page = await client.get("/account/sessions")
    assert page.text.count("当前设备") == 2  # its mark, and the words of the button that ends the others
    answer = await send(client, page, to=END)
    refused = await send(client, page, to=END, id=str(theirs.session_id))
    nonsense = await send(client, page, to=END, id="x' OR 1=1")

    assert "已退出那台设备" in text_of((await client.get(answer.headers["location"])).text)
    assert await sessions.actor_of(phone, now=now) is None
    assert (refused.status_code, nonsense.status_code) == (404, 404)
    assert text_of(refused.text).split("编号")[0] == text_of(nonsense.text).split("编号")[0]
    assert await sessions.actor_of(stranger, now=now) is not None


async def test_one_ends_all_other_sessions(client: httpx.AsyncClient, sign_in):
    others = [await sign_in("wang_fang") for _ in range(3)]
    await signed_in(client)
    page = await client.get("/account/sessions")
    answer = await send(client, page, to="/account/sessions/revoke-others")

    assert answer.headers["location"].endswith("done=others")
    now = await clock.now()
    assert [await sessions.actor_of(token, now=now) for token in others] == [None] * 3
    assert (await me(client)).session_id


async def test_many_sessions_come_in_pages(client: httpx.AsyncClient, sign_in):
    await signed_in(client)
    form = {**card("wang_fang"), "face": "ok"}
    now = await clock.now()
    from_token = await sessions.actor_of(client.cookies[SESSION], now=now)
    for _ in range(21):
        await _another(from_token, form, now)

    first = await client.get("/account/sessions")
    [older] = re.findall(r'class="button plain" href="(/account/sessions\?after=[^"]+)"', first.text)
    second = await client.get(older)

    assert first.text.count('class="row"') == 20
    assert second.text.count('class="row"') == 2
    assert "当前设备" in second.text


async def _another(actor, form, now):
    await sessions.Session(
        party_id=actor.person_id, token_hash=f"{id(form)}{await _count()}".encode(), acting_as="citizen",
        device="另一台", method="face", level=3, evidence_id="e", authenticated_at=now, last_seen_at=now,
        idle_until=now + timedelta(hours=1), expires_at=now + timedelta(hours=1),
    ).save()  # fmt: skip


async def _count() -> int:
    return await sessions.Session.count()


async def test_one_is_told_in_plain_words_who_looked(client: httpx.AsyncClient):
    await signed_in(client)
    actor, now = await me(client), await clock.now()
    office = await a_department("civil_affairs", "330106")
    clerk = as_clerk(office)
    basis = "《社会救助暂行办法》第十一条"
    await audit.record(clerk, "material.read", "material/1", basis, now=now, party_id=actor.person_id)
    await audit.record(WORKER, "verdict.read", "case/1", now=now, party_id=actor.person_id)

    told = text_of((await client.get("/account/accesses")).text)

    assert "330106 civil_affairs工作人员 查看材料文件 依照法定职责" in told
    assert f"依据：{basis}" in told
    assert "系统自动处理 查看跑动结论 平台为您办理" in told
    assert "您本人 登录 本人操作" in told


async def test_one_objects_to_a_look_of_staff_and_reads_the_answer(client: httpx.AsyncClient):
    await signed_in(client)
    actor, now = await me(client), await clock.now()
    clerk = as_clerk(await a_department("civil_affairs", "330106"))
    await audit.record(clerk, "material.read", "material/1", now=now, party_id=actor.person_id)
    page = await client.get("/account/accesses")
    empty = await send(client, page, to=OBJECT, reason=" ")
    sent = await send(client, page, to=OBJECT, reason="我没有申请过<b>任何</b>救助")
    after = await client.get(sent.headers["location"])
    strange = await send(client, page, to=OBJECT, id="00000000-0000-0000-0000-000000000001", reason="不认识")
    [made] = (await objections.list_(actor, first=5, after=None, now=now)).rows
    await objections.answer(
        clerk_who_answers(clerk), made.id, upheld=True, words="查阅有误，已批评教育", now=now
    )

    assert (empty.status_code, strange.status_code) == (422, 404)
    assert "异议正在处理" in after.text and "&lt;b&gt;任何&lt;/b&gt;" in after.text
    assert OBJECT not in after.text, "once"
    told = text_of((await client.get("/account/accesses")).text)
    assert "异议成立" in told and "查阅有误，已批评教育" in told


def clerk_who_answers(clerk):
    return replace(clerk, person_id=new_id())  # nobody answers for his own look


async def test_one_sees_how_much_a_mini_app_keeps_and_deletes_it(client: httpx.AsyncClient):
    await signed_in(client)
    actor, now, agreed = await me(client), await clock.now(), frozenset({Scope.STORAGE_KEEP})
    await an_app()
    await consents.grant(actor, "rent-app", agreed, now=now)
    app = replace(actor, app_id="rent-app", scopes=agreed)
    for key, value in (("draft", '{"rent": 3000}'), ("notes", f'"{"x" * 2000}"')):
        await stores.put(app, key, value, command=key, now=now)

    page = await client.get("/account/consents")
    answer = await send(client, page, to="/account/consents/clear")
    after = await client.get(answer.headers["location"])

    assert "应用在平台为您保存了 2 项内容，共 2.0 KB" in text_of(page.text)
    assert "应用为您保存的内容已删除" in text_of(after.text)
    assert "为您保存了" not in text_of(after.text) and "撤回授权" in text_of(after.text)
    assert await stores.read(app, "draft", now=now) is None
    told = text_of((await client.get("/account/accesses")).text)
    assert "您本人 删除应用为您保存的全部内容 本人操作" in told
    assert "应用“租房提取” 应用为您保存内容 经您同意" in told


async def test_staff_see_as_whom_they_act_and_change_back(client: httpx.AsyncClient, sign_in):
    await sign_in("clerk_public_security")
    answer = await signed_in(client, "clerk_public_security")
    page = await client.get(answer.headers["location"])
    post = re.findall(r'name="context" value="([^"]+)"', page.text)[1]
    await send(client, page, context=post)

    account = await client.get("/account")
    assert "工作人员的身份办理" in text_of(account.text)
    back = await client.get("/sign-in/context?next=/account")
    await send(client, back, context="citizen")

    assert "工作人员的身份办理" not in text_of((await client.get("/account")).text)
    assert (await me(client)).roles == {"citizen"}
