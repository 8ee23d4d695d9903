"""The operator's pages of reviews."""

from datetime import timedelta

import httpx

from identity.roles import Role
from miniapps.catalog import queries as catalog
from miniapps.catalog import service
from miniapps.review import queries
from miniapps.review.service import claim, open_
from storage import clock
from tests.api.conftest import an_actor, as_operator
from tests.api.pages.browsing import forms_of, send, text_of
from tests.api.web.operator.desk import at_work, looked, waiting
from tests.miniapps.catalog.factories import a_manifest

REVIEWS = "/operator/reviews"


async def test_what_waits_is_claimed_from_the_list_and_found_again_as_ones_own(client, sign_in):
    me = await at_work(client, sign_in)
    row = await waiting(await clock.now())
    page = await client.get(REVIEWS)

    done = await send(client, page, to=f"{REVIEWS}/{row.id}/claim")

    assert done.headers["location"] == f"{REVIEWS}/{row.id}?done=claimed"
    assert "已领取" in text_of((await client.get(done.headers["location"])).text)
    assert (await queries.one(me, row.id)).claimed_by == me.person_id
    assert "我领取的" in text_of((await client.get(f"{REVIEWS}?kind=mine")).text)
    assert "这里没有要看的" in text_of((await client.get(f"{REVIEWS}?kind=emergency")).text)


async def test_a_review_tells_all_there_is_to_know(client: httpx.AsyncClient, sign_in):
    await at_work(client, sign_in)
    now = await clock.now()
    row = await waiting(now)
    await looked(row, now)

    told = text_of((await client.get(f"{REVIEWS}/{row.id}")).text)

    assert "测试账号：在租房页面选“示例小区”" in told
    assert "页面自己做了登录" in told and "index.html 第 7 行" in told and "页面要求输入密码" in told
    assert "替您提交申请" in told and "这是第一个版本" in told


async def test_only_what_one_has_claimed_can_be_decided_and_twice_is_once(client, sign_in):
    me = await at_work(client, sign_in)
    row = await waiting(await clock.now())
    one = f"{REVIEWS}/{row.id}"
    before = await client.get(one)
    assert f"{one}/approve" not in dict(forms_of(before.text))
    await send(client, before, to=f"{one}/claim")
    page = await client.get(one)

    first = await send(client, page, to=f"{one}/approve")
    again = await send(client, page, to=f"{one}/approve")

    assert first.headers["location"] == again.headers["location"] == f"{one}?done=approved"
    assert (await catalog.version(me, row.version_id)).state == "approved"
    assert "已通过" in text_of((await client.get(f"{REVIEWS}?kind=past")).text)


async def test_a_refusal_needs_rule_and_evidence_and_keeps_what_was_typed(client, sign_in):
    me = await at_work(client, sign_in)
    now = await clock.now()
    row = await waiting(now)
    await looked(row, now)
    one = f"{REVIEWS}/{row.id}"
    await send(client, await client.get(one), to=f"{one}/claim")
    page = await client.get(f"{one}/refuse?finding=0")
    assert "页面自己做了登录" in page.text, "the finding begins the form"

    nothing = await send(client, page, to=f"{one}/refuse", **{"rule-0": ""})
    short = await send(
        client, page, to=f"{one}/refuse",
        **{"rule-0": "house.login", "problem-0": "有自己的登录框", "evidence-0": "首页", "shot-0": ""},
    )  # fmt: skip
    more = await send(client, short, to=f"{one}/refuse", more="1", **{"problem-0": "有自己的登录框"})

    assert (nothing.status_code, short.status_code, more.status_code) == (422, 422, 200)
    assert 'id="rule-0-problem"' in nothing.text
    assert 'id="evidence-0-problem"' in short.text and "有自己的登录框" in short.text
    assert "理由 2" in more.text and "有自己的登录框" in more.text
    filled = {"count": "2", "rule-1": "house.login", "problem-1": "有自己的登录框"}
    filled |= {"evidence-1": "首页右上角点“登录”", "shot-1": "index.html-elder.png"}
    done = await send(client, more, to=f"{one}/refuse", **filled)
    assert done.headers["location"] == f"{one}?done=refused"
    [reason] = queries.reasons(await queries.one(me, row.id))
    assert (reason.rule, reason.shot) == ("house.login", "index.html-elder.png")
    assert "不设自己的登录" in text_of((await client.get(one)).text)


async def test_what_another_has_taken_is_not_to_be_taken(client: httpx.AsyncClient, sign_in):
    await at_work(client, sign_in)
    now = await clock.now()
    row = await waiting(now)
    page = await client.get(f"{REVIEWS}/{row.id}")
    from_another = as_operator()
    await claim(from_another, row.id, now=now)

    answer = await send(client, page, to=f"{REVIEWS}/{row.id}/claim")

    assert answer.status_code == 409
    assert "另一位审核人员正在查看" in text_of(answer.text)
    assert "别人正在审核" in text_of((await client.get(REVIEWS)).text)


async def test_what_is_hurried_comes_first_and_says_why(client: httpx.AsyncClient, sign_in):
    await at_work(client, sign_in)
    now = await clock.now()
    await waiting(now - timedelta(days=30), id="late-app")
    row = await waiting(now)
    one = f"{REVIEWS}/{row.id}"
    page = await client.get(one)

    wrong = await send(client, page, to=f"{one}/hurry", reason="急")
    await send(client, page, to=f"{one}/hurry", reason="台风期间紧急上线")

    assert wrong.status_code == 422 and "请填写 2 至 200 个字" in wrong.text
    queue = (await client.get(REVIEWS)).text
    assert queue.index(str(row.id)) < queue.index("late-app")
    assert "超期" in text_of(queue) and "台风期间紧急上线" in text_of((await client.get(one)).text)


async def test_without_both_signatures_nothing_passes(client: httpx.AsyncClient, sign_in):
    await at_work(client, sign_in)
    now = await clock.now()
    version = await service.submit(an_actor(Role.DEVELOPER), a_manifest(), now=now)
    row = await open_(version.id, now=now)
    assert row is not None
    one = f"{REVIEWS}/{row.id}"
    await send(client, await client.get(one), to=f"{one}/claim")
    page = await client.get(one)

    answer = await send(client, page, to=f"{one}/approve")

    assert answer.status_code == 409
    told = text_of(answer.text)
    assert "还没有都签署接入责任书" in told and "开发单位的责任书 还没有签署" in told
