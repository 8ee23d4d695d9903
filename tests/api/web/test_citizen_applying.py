"""A whole application by plain forms: begun, filled in, mended, handed in once, followed and taken back."""

import re
from uuid import UUID

import httpx
import pytest

from api.http.browser import SESSION
from api.settings import Settings
from identity import accounts
from identity.actor import Actor
from miniapps.cases import service as cases
from miniapps.cases.rules import Defect
from miniapps.cases.tables import Case
from miniapps.items.rules import FieldType, FormField
from storage import clock
from storage.embedded.valkey import Valkey
from storage.settings import ObjectsSettings, QueueSettings
from tests.api.conftest import some_settings
from tests.api.pages.browsing import send, signed_in, text_of
from tests.miniapps.cases.factories import CODE, LEASE, PHOTO, a_clerk, a_town, an_item, hold

NUMBERED = (
    FormField(id="address", label="住址", type=FieldType.TEXT),
    FormField(id="name", label="姓名", type=FieldType.TEXT, prefill="name"),
    FormField(id="card", label="身份证号", type=FieldType.ID_NUMBER, prefill="id_number"),
    FormField(id="rent", label="月租", type=FieldType.MONEY, minimum=1, required=False),
)
BY_SCRIPT = {"x-banshi-send": "1"}


@pytest.fixture
def settings(valkey: Valkey, seaweed: ObjectsSettings) -> Settings:
    return some_settings(queue=QueueSettings(url=valkey.url), objects=seaweed)


@pytest.fixture
async def citizen(client: httpx.AsyncClient) -> Actor:
    """A citizen at his browser, where an item is offered for which he holds the lease it asks for."""
    await a_town(an_item(fields=NUMBERED, materials=(LEASE, PHOTO)))
    await signed_in(client)
    found = await accounts.actor_of(client.cookies[SESSION], now=await clock.now())
    assert found is not None
    return found


async def begun(client: httpx.AsyncClient, **rest: str) -> str:
    """Begin an application; return the path of its case."""
    page = await client.get(f"/apply/{CODE}", params={"region": "330106"})
    answer = await send(client, page, to=f"/apply/{CODE}", **{"q-marital": "未婚", **rest})
    assert answer.status_code == 303, text_of(answer.text)
    return answer.headers["location"].removesuffix("/form")


async def test_an_application_goes_from_questions_to_a_receipt(client: httpx.AsyncClient, citizen: Actor):
    await hold(citizen)
    missing = await send(client, await client.get(f"/apply/{CODE}"), to=f"/apply/{CODE}")
    case = await begun(client)
    form = await client.get(f"{case}/form")
    wrong = await send(client, form, to=f"{case}/form", **{"f-rent": "很多", "f-address": ""})
    kept = await client.get(f"{case}/form")
    right = await send(client, kept, to=f"{case}/form", **{"f-rent": "1500.50", "f-address": "文三路1号"})
    unsettled = await send(client, await client.get(f"{case}/materials"), to=f"{case}/materials")
    later = {"way-photo": "TOLERATED"}
    settled = await send(client, await client.get(f"{case}/materials"), to=f"{case}/materials", **later)
    review = await client.get(f"{case}/review")
    sent = await send(client, review, to=f"{case}/review")
    again = await send(client, review, to=f"{case}/review")
    receipt = text_of((await client.get(sent.headers["location"])).text)

    assert missing.status_code == 422 and "请回答：婚姻状况" in text_of(missing.text)
    assert 'value="王芳"' in form.text and re.search(r'name="f-card" value="33\d{15}[\dX]"', form.text)
    assert wrong.status_code == 422 and "请填写住址" in text_of(wrong.text)
    assert 'value="很多"' in wrong.text, "what was typed is shown again"
    assert right.headers["location"] == f"{case}/materials"
    assert unsettled.status_code == 422 and "请上传这份材料" in text_of(unsettled.text)
    assert settled.headers["location"] == f"{case}/review"
    for told in ("1500.50 元", "文三路1号", "您以前交过，不用再交", "先受理，以后补交", "杭州市西湖区"):
        assert told in text_of(review.text), told
    assert sent.headers["location"] == again.headers["location"] == f"{case}?done=submitted"
    assert "申请已提交" in receipt and "已收件，等待受理" in receipt
    assert re.search(r"办件编号 \d{21}", receipt)
    assert await Case.count() == 1


async def test_a_form_that_comes_twice_begins_one_draft_and_a_script_is_told_where_to_go(
    client: httpx.AsyncClient, citizen: Actor
):
    page = await client.get(f"/apply/{CODE}", params={"region": "330106"})
    client.headers.update(BY_SCRIPT)
    answers = [await send(client, page, to=f"/apply/{CODE}", **{"q-marital": "未婚"}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].headers["x-banshi-go"] == answers[1].headers["x-banshi-go"]
    assert await Case.count() == 1
    assert "继续填写" in (await client.get(f"/apply/{CODE}")).text


async def test_a_case_is_anothers_secret_and_may_be_taken_back_or_deleted(
    client: httpx.AsyncClient, citizen: Actor
):
    await hold(citizen)
    await hold(citizen, kind="photo")
    case = await begun(client)
    await send(client, await client.get(f"{case}/form"), to=f"{case}/form", **{"f-address": "文三路1号"})
    await send(client, await client.get(f"{case}/review"), to=f"{case}/review")
    taken = await send(client, await client.get(case), to=f"{case}/withdraw", reason="不办了")
    told = text_of((await client.get(taken.headers["location"])).text)
    other = await begun(client)
    listed = text_of((await client.get("/cases")).text)
    client.cookies.clear()
    await signed_in(client, "li_wei")
    foreign = [
        (await client.get(f"{each}{page}")).status_code for each in (case, other) for page in ("", "/form")
    ]

    assert "申请已撤回" in told and "您撤回了申请" in told
    assert "没有提交" in listed and "您已撤回" in listed
    assert foreign == [404, 404, 404, 404]


async def test_a_notice_of_what_is_missing_is_answered_once(client: httpx.AsyncClient, citizen: Actor):
    await hold(citizen)
    await hold(citizen, kind="photo")
    case = await begun(client)
    await send(client, await client.get(f"{case}/form"), to=f"{case}/form", **{"f-address": "文三路"})
    await send(client, await client.get(f"{case}/review"), to=f"{case}/review")
    now, case_id = await clock.now(), UUID(case.rpartition("/")[2])
    await cases.ask_correction(await a_clerk(), case_id, [Defect("address", "住址要写到门牌号")], now=now)
    told = text_of((await client.get(case)).text)
    page = await client.get(f"{case}/correct")
    answers = [await send(client, page, to=f"{case}/correct", **{"f-address": "文三路1号"}) for _ in range(2)]
    after = text_of((await client.get(case)).text)

    assert "请您补正" in told and "住址要写到门牌号" in told
    assert 'value="文三路"' in page.text
    assert [answer.headers["location"] for answer in answers] == [f"{case}?done=corrected", case]
    assert "您交了补正材料" in after and "已收件，等待受理" in after


async def test_what_was_chosen_for_a_paper_is_shown_again(client: httpx.AsyncClient, citizen: Actor):
    case = await begun(client)
    page = await client.get(f"{case}/materials")
    await send(client, page, to=f"{case}/materials", **{"way-photo": "TOLERATED"})
    again = await client.get(f"{case}/materials")

    assert re.search(r'value="TOLERATED" checked', again.text)
