"""The review of a version on the developer's page: findings with pictures, notes, decisions, appeals."""

from base64 import b64decode
from dataclasses import replace

import httpx
import msgspec
import pytest

from api.settings import Settings
from banshi.findings import Finding, Severity
from miniapps.review import service as review
from miniapps.review.rules import LookState, Reason
from miniapps.review.tables import AppLook, AppReview
from storage import objects
from storage.embedded.valkey import Valkey
from storage.ids import new_id
from storage.settings import ObjectsSettings, QueueSettings
from tests.api.conftest import NOON, as_operator, some_settings
from tests.api.pages.browsing import forms_of, send, text_of
from tests.api.web.office import in_team, with_app

PNG = b64decode(  # one grey pixel
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNsaGj4DwAFhAKAjM1mJgAAAABJRU5ErkJggg=="
)
FOUND = [
    Finding(rule="page.alt", file="index.html", line=7, problem="img has no alt", fix="write it",
            selector="main > img", shot="index.html-normal.png"),
    Finding(rule="manifest.name", severity=Severity.WARN, problem="seven characters", fix="shorten it"),
]  # fmt: skip
WRONG = Reason(
    rule="house.flow",
    problem="提交以后没有回音",
    evidence="首页，填好后点“提交”",
    shot="index.html-normal.png",
)


@pytest.fixture
def settings(valkey: Valkey, seaweed: ObjectsSettings) -> Settings:
    return some_settings(queue=QueueSettings(url=valkey.url), objects=seaweed)


async def looked_at(actor, version_id) -> None:
    """Store what the machine found, and its picture."""
    await objects.ensure_bucket()
    await objects.put(f"gate/{version_id}/index.html-normal.png", PNG, media_type="image/png")
    await AppLook(
        version_id=version_id, team_id=actor.acting_for, state=LookState.DONE, began_at=NOON, done_at=NOON,
        took_ms=2300, findings=msgspec.json.encode(FOUND).decode(), found=len(FOUND),
        shots='["index.html-normal.png"]',
    ).save()  # fmt: skip


async def refused(version_id) -> AppReview:
    """Let people refuse a version."""
    opened = await review.open_(version_id, now=NOON)
    assert opened is not None
    operator = replace(as_operator(), person_id=new_id())
    await review.claim(operator, opened.id, now=NOON)
    return await review.refuse(operator, opened.id, [WRONG], now=NOON)


async def test_findings_are_told_by_rule_with_place_fix_and_picture(client: httpx.AsyncClient):
    actor = await in_team(client)
    row = await with_app(actor)
    await looked_at(actor, row.id)
    address = f"/developer/apps/rent-app/versions/{row.id}"

    page = await client.get(address)
    said = text_of(page.text)
    picture = await client.get(f"{address}/shots/index.html-normal.png")

    assert said.index("图片没有替代文字 必须改正") < said.index("名称超过六个字 建议改正")
    assert "index.html 第 7 行" in said and "main > img" in said and "page.alt" in said
    assert f'src="{address}/shots/index.html-normal.png"' in page.text
    assert (picture.content, picture.headers["content-type"]) == (PNG, "image/png")
    assert (await client.get(f"{address}/shots/other.png")).status_code == 404
    await in_team(client, "li_wei", "另一个团队")
    assert (await client.get(f"{address}/shots/index.html-normal.png")).status_code == 404


@pytest.mark.parametrize(
    ("state", "problem", "said"),
    [
        (LookState.RUNNING, "", "正在检查"),
        (LookState.WAITING, "No browser", "检查程序暂时不可用，平台会自动再试"),
        (LookState.WAITING, "", "还没有轮到检查，平台会自动再试"),
    ],
)
async def test_a_verdict_that_is_late_is_told_as_late(client: httpx.AsyncClient, state, problem, said):
    actor = await in_team(client)
    row = await with_app(actor)
    await AppLook(
        version_id=row.id, team_id=actor.acting_for, state=state, problem=problem, began_at=NOON, late_at=NOON
    ).save()

    told = text_of((await client.get(f"/developer/apps/rent-app/versions/{row.id}")).text)

    assert said in told and "已经超过三分钟，我们已经通知运营人员" in told


async def test_a_note_is_saved_shown_and_replaced(client: httpx.AsyncClient):
    row = await with_app(await in_team(client))
    address = f"/developer/apps/rent-app/versions/{row.id}"
    page = await client.get(address)

    for words in ("请用沙箱里的王芳试", "改了首页"):
        answer = await send(client, page, to=f"{address}/note", note=words)
        assert answer.headers["location"] == f"{address}?done=noted"

    shown = await client.get(address)
    assert "改了首页" in shown.text and "王芳" not in shown.text
    long = await send(client, page, to=f"{address}/note", note="长" * 2001)
    assert long.status_code == 422 and 'id="note-problem"' in long.text and "长长" in long.text


async def test_a_refusal_is_told_by_rule_and_evidence_and_appealed_once(client: httpx.AsyncClient):
    actor = await in_team(client)
    row = await with_app(actor)
    await looked_at(actor, row.id)
    await refused(row.id)
    address = f"/developer/apps/rent-app/versions/{row.id}"
    page = await client.get(address)
    said = text_of(page.text)
    assert "按说明能从头办到尾" in said and "提交以后没有回音" in said and "填好后点“提交”" in said

    short = await send(client, page, to=f"{address}/appeal", why="不对")
    assert short.status_code == 422 and 'id="why-problem"' in short.text and "不对" in short.text
    why = "提交后有回音，在消息里"
    done = [await send(client, page, to=f"{address}/appeal", why=why) for _ in range(2)]

    assert {answer.headers["location"] for answer in done} == {f"{address}?done=appealed"}
    shown = await client.get(address)
    assert f"您的申诉：{why}" in text_of(shown.text) and "申诉后的审核 等待领取" in text_of(shown.text)
    assert f"{address}/appeal" not in dict(forms_of(shown.text))


async def test_a_version_in_review_is_not_appealed(client: httpx.AsyncClient):
    row = await with_app(await in_team(client))
    address = f"/developer/apps/rent-app/versions/{row.id}"
    page = await client.get(address)
    word = dict(forms_of(page.text))[f"{address}/note"]

    answer = await client.post(
        f"{address}/appeal",
        data={**word, "why": "我们认为没有问题"},
        headers={"origin": "http://127.0.0.1:8000"},
    )

    assert answer.status_code == 409 and "不能再申诉" in text_of(answer.text)
