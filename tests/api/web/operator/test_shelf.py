"""The operator's pages of the shelf: drafted, published, taken back, and looked at as a citizen."""

import httpx
import pytest

from miniapps.shelf import queries
from miniapps.shelf.rules import Category, Slot
from storage import clock
from storage.clock import SHANGHAI
from tests.api.pages.browsing import forms_of, send, text_of
from tests.api.web.operator.desk import at_work
from tests.miniapps.shelf.factories import an_app, described

SHELF = "/operator/shelf"
INSURANCE = {"code": "insurance", "name": "社会保障", "place": "3"}


async def drafted():
    return queries.whole(await queries.draft())


async def edit(client: httpx.AsyncClient, part: str, **filled: str) -> httpx.Response:
    """Fill in the form at the end of a page that edits the draft."""
    to = f"{SHELF}/{part}"
    page = await client.get(to)
    action, fields = [form for form in forms_of(page.text) if form[0] == to][-1]
    origin = {"origin": "http://127.0.0.1:8000"}
    return await client.post(action, data={**fields, **filled}, headers=origin)


async def publish(client: httpx.AsyncClient, note: str) -> httpx.Response:
    asked = await send(client, await client.get(SHELF), to=f"{SHELF}/publish", note=note)
    return await send(client, asked, to=f"{SHELF}/publish")


async def test_a_category_is_drafted_changed_and_dropped(client: httpx.AsyncClient, sign_in):
    await at_work(client, sign_in)
    to = f"{SHELF}/categories"

    added = await edit(client, "categories", **INSURANCE)
    await edit(client, "categories", code="pension", name="养老", parent="insurance")
    filled = await client.get(f"{to}?code=insurance")
    wrong = await edit(client, "categories", code="Upper", name="社会保障", parent="nowhere")

    assert added.headers["location"] == f"{to}?done=drafted"
    assert (await drafted()).front.categories[0] == Category("insurance", "社会保障", 3)
    assert 'value="社会保障"' in filled.text
    assert wrong.status_code == 422 and "不是一级分类" in wrong.text and 'value="Upper"' in wrong.text
    page = await client.get(to)
    data = {**dict(forms_of(page.text))[to], "drop": "pension"}
    await client.post(to, data=data, headers={"origin": "http://127.0.0.1:8000"})
    assert [each.code for each in (await drafted()).front.categories] == ["insurance"]


async def test_what_another_changed_meanwhile_is_not_lost(client: httpx.AsyncClient, sign_in):
    await at_work(client, sign_in)
    to = f"{SHELF}/categories"
    page = await client.get(to)
    other = await edit(client, "events", code="birth", name="出生", topics="birth family", for_elders="yes")
    assert other.headers["location"].endswith("done=drafted")

    late = await send(client, page, to=to, **INSURANCE)

    assert late.status_code == 409 and "草稿刚被别人修改过" in text_of(late.text)
    [event] = (await drafted()).front.life_events
    assert (event.topics, event.for_elders) == (("birth", "family"), True)
    again = await send(client, late, to=to, **INSURANCE)
    assert again.headers["location"].endswith("done=drafted"), "the answer holds the draft as it is now"


async def test_slots_have_a_schedule_of_shanghai(client: httpx.AsyncClient, sign_in):
    await at_work(client, sign_in)
    await an_app()
    given = {"code": "spring", "app_id": "rent-app", "area": "home", "place": "2", "region": "330100"}

    wrong = await edit(client, "slots", **given, begins="明天", ends="2026-12-02T08:30")
    backwards = await edit(client, "slots", **given, begins="2026-12-03T00:00", ends="2026-12-02T08:30")
    await edit(client, "slots", **given, begins="2026-12-01T08:00", ends="2026-12-02T08:30", ages="elder")

    assert wrong.status_code == 422 and 'id="begins-problem"' in wrong.text and "明天" in wrong.text
    assert backwards.status_code == 422 and 'id="ends-problem"' in backwards.text
    slot: Slot = (await drafted()).front.slots[0]
    assert (slot.begins.astimezone(SHANGHAI).hour, slot.ages) == (8, ("elder",))
    assert "杭州市" in text_of((await client.get(f"{SHELF}/slots")).text)
    assert "2026-12-01T08:00" in (await client.get(f"{SHELF}/slots?code=spring")).text


async def test_synonyms_are_edited_by_groups(client: httpx.AsyncClient, sign_in):
    await at_work(client, sign_in)
    to = f"{SHELF}/synonyms"

    await edit(client, "synonyms", group="社保、社会保险")
    await edit(client, "synonyms", group="公积金 住房公积金")
    page = await client.get(f"{to}?was=社保")
    one = [fields for action, fields in forms_of(page.text) if action == to][-1]
    origin = {"origin": "http://127.0.0.1:8000"}
    await client.post(to, data={**one, "group": "社保、社会保险、五险"}, headers=origin)
    twice = await edit(client, "synonyms", group="五险、保险")

    assert one["group"] == "社保、社会保险"
    assert (await drafted()).front.synonyms == (("社保", "社会保险", "五险"), ("公积金", "住房公积金"))
    assert twice.status_code == 422 and "出现在 2 个同义词组里" in twice.text


async def test_the_draft_is_published_after_asking_and_taken_back(client: httpx.AsyncClient, sign_in):
    await at_work(client, sign_in)
    before = await queries.current()
    await edit(client, "categories", **INSURANCE)
    page = await client.get(SHELF)
    assert "新增分类：社会保障（insurance）" in text_of(page.text)

    asked = await send(client, page, to=f"{SHELF}/publish", note="开设社保分类")
    first = await send(client, asked, to=f"{SHELF}/publish")
    again = await send(client, asked, to=f"{SHELF}/publish")
    await edit(client, "categories", code="tax", name="税务")
    await publish(client, "开设税务分类")

    assert first.headers["location"] == again.headers["location"] == f"{SHELF}?done=published"
    last = await queries.current()
    assert last is not None and last.number == (before.number if before else 0) + 2
    page = await client.get(SHELF)
    silent = await send(client, page, to=f"{SHELF}/roll-back", number=str(last.number - 1), reason="")
    asked = await send(client, page, to=f"{SHELF}/roll-back", number=str(last.number - 1), reason="开错了")
    done = await send(client, asked, to=f"{SHELF}/roll-back")
    assert silent.status_code == 422 and 'id="reason-problem"' in silent.text
    assert "删除分类：税务（tax）" in text_of(asked.text)
    assert done.headers["location"] == f"{SHELF}?done=restored"
    assert "恢复自第" in text_of((await client.get(SHELF)).text)


async def test_a_draft_is_thrown_away_after_asking(client: httpx.AsyncClient, sign_in):
    await at_work(client, sign_in)
    await edit(client, "categories", **INSURANCE)

    asked = await send(client, await client.get(SHELF), to=f"{SHELF}/discard")
    assert await queries.draft() is not None
    done = await send(client, asked, to=f"{SHELF}/discard")

    assert done.headers["location"] == f"{SHELF}?done=discarded"
    assert await queries.draft() is None


@pytest.mark.parametrize(("age", "seen"), [("elder", True), ("minor", False)])
async def test_the_draft_is_seen_as_a_citizen_of_an_age_sees_it(client, sign_in, age, seen):
    await at_work(client, sign_in)
    await an_app()
    await described()
    await edit(client, "categories", **INSURANCE)
    placed = await edit(
        client,
        "placings",
        app_id="rent-app",
        place="1",
        categories="insurance",
        ages="elder",
        least_level="2",
    )

    asked = {"age": age, "level": "3", "region": "330106"}
    draft = text_of((await client.get(f"{SHELF}/preview", params=asked)).text)
    force = text_of((await client.get(f"{SHELF}/preview", params=asked | {"of": "force"})).text)
    odd = await client.get(f"{SHELF}/preview", params={"age": "x", "at": "x", "region": "x", "level": "9"})

    assert placed.headers["location"] == f"{SHELF}/placings?done=drafted"
    assert ("租房的职工" in draft, "租房的职工" in force) == (seen, True)
    assert odd.status_code == 200
    assert (await queries.shelf(queries.reader("330106"), at=await clock.now())).categories == []
