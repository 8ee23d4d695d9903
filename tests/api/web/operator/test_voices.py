"""The operator's pages of what citizens and testers say."""

from dataclasses import replace
from datetime import timedelta

import httpx

from identity.roles import Role
from miniapps.shelf import queries, service
from miniapps.shelf.rules import Concern, DefectState, Severity
from miniapps.shelf.service import Report
from miniapps.shelf.tables import AppComplaint, AppRating, AppTester
from storage import clock
from storage.ids import new_id
from tests.api.pages.browsing import card, forms_of, send, signed_in, text_of
from tests.api.web.operator.desk import at_work
from tests.miniapps.shelf.factories import a_tester, an_actor, an_app, opened

REPORT = Report(
    app_id="rent-app", version="1.0.0", severity=Severity.MAJOR, title="提交后白屏", steps="点提交，页面变白"
)


async def test_a_comment_is_shown_or_refused_with_a_reason(client: httpx.AsyncClient, sign_in):
    await at_work(client, sign_in)
    await an_app()
    now = await clock.now()
    for words in ("很好用", "<b>广告</b>加我微信"):
        citizen = an_actor(Role.CITIZEN)
        await opened(citizen, now=now)
        await service.rate(citizen, "rent-app", 5, words, now=now)
    page = await client.get("/operator/comments")
    bad, good = await AppRating.objects().order_by(AppRating.id, ascending=False)
    assert "&lt;b&gt;广告" in page.text

    silent = await send(client, page, to=f"/operator/comments/{bad.id}", answer="refuse", reason="")
    refused = await send(client, page, to=f"/operator/comments/{bad.id}", answer="refuse", reason="是广告")
    shown = await send(client, page, to=f"/operator/comments/{good.id}", answer="show")
    again = await send(client, page, to=f"/operator/comments/{good.id}", answer="show")

    assert silent.status_code == 422 and f'id="problem-{bad.id}"' in silent.text
    assert refused.headers["location"].endswith("done=not-shown")
    assert shown.headers["location"].endswith("done=shown")
    assert again.status_code == 404 and "已经处理过" in text_of(again.text)
    page = await queries.comments(an_actor(Role.CITIZEN), "rent-app", first=5, after=None)
    assert [row.comment for row in page.rows] == ["很好用"]


async def test_a_complaint_is_answered(client: httpx.AsyncClient, sign_in):
    await at_work(client, sign_in)
    await an_app()
    now, citizen = await clock.now(), an_actor(Role.CITIZEN)
    row = await service.complain(
        citizen, "rent-app", concern=Concern.FEES, text="要我交五十元", key="k", now=now
    )
    page, to = await client.get("/operator/complaints"), f"/operator/complaints/{row.id}"
    assert "要我交五十元" in page.text and "收费" in text_of(page.text)

    short = await send(client, page, to=to, answer="好")
    done = await send(client, page, to=to, answer="已责令退款，三日内到账")

    assert short.status_code == 422 and f'id="problem-{row.id}"' in short.text
    assert done.headers["location"] == "/operator/complaints?done=answered"
    assert (await AppComplaint.objects().first()).state == "answered"
    assert "没有待答复的投诉" in text_of((await client.get("/operator/complaints")).text)
    assert "已答复" in text_of((await client.get("/operator/complaints?all=1")).text)


async def test_a_defect_is_confirmed_answered_and_told_to_be_the_same(client: httpx.AsyncClient, sign_in):
    me = await at_work(client, sign_in)
    await an_app()
    now, person = await clock.now(), an_actor(Role.CITIZEN)
    await a_tester(person)
    first = await service.report(person, REPORT, key="1", now=now)
    second = await service.report(person, replace(REPORT, title="提交打不开"), key="2", now=now)
    one, other = (f"/operator/defects/{row.id}" for row in (first, second))

    nothing = await send(client, await client.get(one), to=f"{one}/move")
    await move(client, one, to="confirmed", note="已重现")
    alone = await move(client, other, to="duplicate")
    same = await move(client, other, to="duplicate", duplicateOf=str(first.id))
    replied = await send(client, await client.get(one), to=f"{one}/reply", text="请尽快修复")

    assert nothing.status_code == 422 and 'id="to-problem"' in nothing.text
    assert alone.status_code == 422 and 'id="duplicateOf-problem"' in alone.text
    assert same.headers["location"] == f"{other}?done=moved"
    assert replied.headers["location"] == f"{one}?done=replied"
    assert (await queries.defect(me, second.id, now=now)).duplicate_of == first.id
    told = text_of((await client.get(one)).text)
    assert "已重现" in told and "请尽快修复" in told and "第 1 个" in told
    found = (await client.get("/operator/defects", params={"state": "confirmed"})).text
    assert "提交后白屏" in found and "提交打不开" not in found
    assert (await queries.defect(me, first.id, now=now)).state == DefectState.CONFIRMED


async def move(client: httpx.AsyncClient, one: str, **filled: str) -> httpx.Response:
    """Fill in the form that moves a defect; `to` is a field of it."""
    page = await client.get(one)
    fields = dict(forms_of(page.text))[f"{one}/move"]
    origin = {"origin": "http://127.0.0.1:8000"}
    return await client.post(f"{one}/move", data={**fields, **filled}, headers=origin)


async def test_a_tester_is_appointed_and_dismissed(client: httpx.AsyncClient, sign_in):
    await signed_in(client, "li_wei")  # who never came is not known
    await at_work(client, sign_in)
    page, to = await client.get("/operator/testers"), "/operator/testers"
    given = {**card("li_wei"), "region": "330106", "until": "2027-10-01"}

    wrong = await send(client, page, to=to, **{**given, "until": "2037-01-01"})
    done = await send(client, page, to=to, **given)
    told = text_of((await client.get(to)).text)
    row = await AppTester.objects().first()
    ending = await client.get(f"{to}/{row.id}/dismiss")
    silent = await send(client, ending, to=f"{to}/{row.id}/dismiss", reason="")
    ended = await send(client, ending, to=f"{to}/{row.id}/dismiss", reason="本人不再参加")

    assert wrong.status_code == 422 and 'id="until-problem"' in wrong.text
    assert given["id_number"] in wrong.text, "what was typed stays"
    assert done.headers["location"] == f"{to}?done=appointed"
    assert "西湖区" in told and "李伟" not in told, "names are masked"
    assert silent.status_code == 422 and 'id="reason-problem"' in silent.text
    assert ended.headers["location"] == f"{to}?done=dismissed"
    assert "现在没有体验官" in text_of((await client.get(to)).text)


async def test_a_tester_is_told_what_to_try_and_to_stop(client: httpx.AsyncClient, sign_in):
    await at_work(client, sign_in)
    await an_app()
    row = await a_tester(an_actor(Role.CITIZEN), until=await clock.now() + timedelta(days=30))
    to = f"/operator/testers/{row.id}/apps"
    page = await client.get(to)
    assert to in (await client.get("/operator/testers")).text

    unknown = await send(client, page, to=to, appId="no-such-app")
    done = await send(client, page, to=to, appId=" rent-app ")
    told = await client.get(to)
    ended = await send(client, told, to=f"{to}/end")

    assert unknown.status_code == 404 and "没有找到这个应用" in text_of(unknown.text)
    assert "no-such-app" in unknown.text, "what was typed stays"
    assert done.headers["location"] == f"{to}?done=assigned"
    assert "租房提取" in text_of(told.text)
    assert ended.headers["location"] == f"{to}?done=unassigned"
    assert "还没有请他试用" in text_of((await client.get(to)).text)
    assert (await client.get(f"/operator/testers/{new_id()}/apps")).status_code == 404
