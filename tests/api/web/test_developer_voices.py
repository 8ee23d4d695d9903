"""Stars, comments and defects on the developer's pages; who wrote them is not told."""

import httpx

from identity.roles import Role
from miniapps.shelf import service
from miniapps.shelf.rules import DefectState, Severity
from miniapps.shelf.service import Move, Report
from miniapps.shelf.tables import AppDefect
from storage import clock
from tests.api.conftest import NOON, an_actor, as_citizen, as_operator
from tests.api.pages.browsing import forms_of, send, text_of
from tests.api.web.office import ORIGIN, in_team, with_released
from tests.miniapps.shelf.factories import a_tester, opened

APP = "/developer/apps/rent-app"
REPORT = Report(
    app_id="rent-app", version="1.0.0", severity=Severity.MAJOR, title="提交以后白屏",
    steps="打开应用，填好表，点提交；应当看到回执，结果一片空白",
)  # fmt: skip


async def listed(client: httpx.AsyncClient):
    actor = await in_team(client)
    await with_released(actor)
    return actor


async def reported() -> AppDefect:
    tester = an_actor(Role.CITIZEN)
    await a_tester(tester)
    return await service.report(tester, REPORT, key="1", now=NOON)


async def test_stars_are_counted_and_comments_read_without_names(client: httpx.AsyncClient):
    await listed(client)
    operator = as_operator()
    for stars in (5, 4):
        citizen = as_citizen()
        await opened(citizen, now=await clock.now())
        row = await service.rate(citizen, "rent-app", stars, "很方便", now=await clock.now())
    assert "2 人评过，满 5 人才显示平均分" in text_of((await client.get(f"{APP}/ratings")).text)
    assert "还没有公开的评价" in text_of((await client.get(f"{APP}/ratings")).text)

    await service.moderate(operator, row.id, show=True, reason="", now=NOON)

    page = await client.get(f"{APP}/ratings")
    assert "4 星 很方便" in text_of(page.text) and "5 星：1 次" in text_of(page.text)
    assert page.text.count("<svg") == 5


async def test_a_defect_is_mended_step_by_step_and_answered(client: httpx.AsyncClient):
    await listed(client)
    row = await reported()
    address = f"{APP}/defects/{row.id}"
    assert "提交以后白屏" in text_of((await client.get(f"{APP}/defects")).text)
    page = await client.get(address)
    assert "一片空白" in text_of(page.text) and f"{address}/move" not in dict(forms_of(page.text))
    assert str(row.party_id) not in page.text

    answers = [await send(client, page, to=f"{address}/reply", text="谢谢，我们看一下") for _ in range(2)]
    assert {each.headers["location"] for each in answers} == {f"{address}?done=replied"}
    assert text_of((await client.get(address)).text).count("谢谢，我们看一下") == 1

    await service.move(as_operator(), row.id, Move(to=DefectState.CONFIRMED), now=NOON)
    page = await client.get(address)
    word = dict(forms_of(page.text))[f"{address}/move"]
    moved = await client.post(f"{address}/move", data={**word, "to": "fixing"}, headers=ORIGIN)
    again = await client.post(f"{address}/move", data={**word, "to": "fixing"}, headers=ORIGIN)
    assert moved.headers["location"] == again.headers["location"] == f"{address}?done=moved"
    missing = await client.post(f"{address}/move", data={**word, "to": "fixed"}, headers=ORIGIN)
    assert missing.status_code == 422 and 'id="fixedIn-problem"' in missing.text
    done = await client.post(
        f"{address}/move", data={**word, "to": "fixed", "fixedIn": "1.0.0", "note": "改好了"}, headers=ORIGIN
    )
    assert done.status_code == 303
    said = text_of((await client.get(address)).text)
    assert "已修复，待核对" in said and "修复版本 1.0.0" in said and "改好了" in said


async def test_a_move_that_is_not_the_teams_is_refused(client: httpx.AsyncClient):
    await listed(client)
    row = await reported()
    address = f"{APP}/defects/{row.id}"
    word = dict(forms_of((await client.get(address)).text))[f"{address}/reply"]

    for to in ("closed", "nonsense"):
        answer = await client.post(f"{address}/move", data={**word, "to": to}, headers=ORIGIN)
        assert answer.status_code == 409 and "不能这样处理" in text_of(answer.text)


async def test_defects_are_found_by_state_and_never_another_teams(client: httpx.AsyncClient):
    await listed(client)
    row = await reported()
    assert "没有这样的缺陷" in text_of((await client.get(f"{APP}/defects", params={"state": "fixed"})).text)

    await in_team(client, "li_wei", "另一个团队")

    found = [await client.get(f"{APP}/{path}") for path in ("defects", f"defects/{row.id}", "ratings")]
    assert [each.status_code for each in found] == [404] * 3
