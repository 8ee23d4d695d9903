"""Releasing on the developer's pages: up step by step, down at once, each asked about once more."""

import httpx

from miniapps.release import queries
from miniapps.release.rules.rising import Stage
from tests.api.pages.browsing import forms_of, send, text_of
from tests.api.web.office import ORIGIN, in_team, with_app, with_approved, with_released

RELEASE = "/developer/apps/rent-app/release"


async def two_versions(client: httpx.AsyncClient):
    actor = await in_team(client)
    await with_released(actor)
    await with_approved(actor, version="1.1.0")
    return actor


async def step(client: httpx.AsyncClient, to: str, **filled) -> httpx.Response:
    """Go to the page that asks once more, and confirm it."""
    page = await client.get(f"{RELEASE}/promote", params={"version": "1.1.0", "to": to})
    assert page.status_code == 200
    word = dict(forms_of(page.text))[f"{RELEASE}/promote"]
    return await client.post(f"{RELEASE}/promote", data={**word, **filled}, headers=ORIGIN)


async def stands(actor):
    return (await queries.release(actor, "rent-app")).standing


async def test_a_version_rises_from_testers_to_everyone(client: httpx.AsyncClient):
    actor = await two_versions(client)
    assert "版本 1.1.0" in text_of((await client.get(RELEASE)).text)

    for to, filled in (
        ("testers", {}), ("percent", {"percent": "20"}), ("regions", {"region": ["330100", "330781"]}),
    ):  # fmt: skip
        assert (await step(client, to, **filled)).headers["location"] == f"{RELEASE}?done=promoted"
    said = text_of((await client.get(RELEASE)).text)
    assert "按地区发布" in said and "20% 的用户" in said and "杭州市" in said and "兰溪市" in said

    await step(client, "everyone")

    now = await stands(actor)
    assert (now.stage, now.candidate) == (Stage.EVERYONE, None)
    said = text_of((await client.get(RELEASE)).text)
    assert "所有用户 版本 1.1.0" in said and said.count("扩大发布") == 5


async def test_the_same_form_sent_twice_is_one_step(client: httpx.AsyncClient):
    actor = await two_versions(client)
    page = await client.get(f"{RELEASE}/promote", params={"version": "1.1.0", "to": "percent"})

    done = [await send(client, page, to=f"{RELEASE}/promote", percent="20") for _ in range(2)]

    assert {each.headers["location"] for each in done} == {f"{RELEASE}?done=promoted"}
    assert len((await queries.steps(actor, "rent-app", first=9, after=None)).rows) == 2
    other = await send(client, page, to=f"{RELEASE}/promote", percent="30")
    assert other.status_code == 409 and "已经提交过另一步" in text_of(other.text)


async def test_what_will_not_do_is_told_beside_its_field_and_stays(client: httpx.AsyncClient):
    await two_versions(client)

    for text in ("0", "101", "一半", "٣", ""):
        answer = await step(client, "percent", percent=text)
        assert answer.status_code == 422 and 'id="percent-problem"' in answer.text
        assert f'value="{text}"' in answer.text
    none = await step(client, "regions")
    unknown = await step(client, "regions", region="999999")
    assert [none.status_code, unknown.status_code] == [422, 422] and 'id="region-problem"' in none.text
    await step(client, "percent", percent="20")
    falling = await step(client, "percent", percent="10")
    assert falling.status_code == 409 and "发布范围只能扩大" in text_of(falling.text)


async def test_everybody_is_given_an_earlier_version_again_with_a_reason(client: httpx.AsyncClient):
    actor = await two_versions(client)
    await step(client, "everyone")
    page = await client.get(f"{RELEASE}/roll-back", params={"version": "1.0.0"})

    refused = await send(client, page, to=f"{RELEASE}/roll-back", reason="")
    assert refused.status_code == 422 and 'id="reason-problem"' in refused.text
    done = [await send(client, page, to=f"{RELEASE}/roll-back", reason="提交后白屏") for _ in range(2)]

    assert {each.headers["location"] for each in done} == {f"{RELEASE}?done=rolled-back"}
    said = text_of((await client.get(RELEASE)).text)
    assert "所有用户 版本 1.0.0" in said and "已回滚 1.1.0" in said and "提交后白屏" in said
    assert (await stands(actor)).stage == Stage.NONE


async def test_what_is_not_approved_has_no_way_up(client: httpx.AsyncClient):
    actor = await in_team(client)
    await with_app(actor)

    pages = [
        await client.get(f"{RELEASE}/{path}")
        for path in ("promote?version=1.0.0&to=everyone", "promote?version=9&to=x", "roll-back?version=9")
    ]

    assert "没有可以发布的版本" in text_of((await client.get(RELEASE)).text)
    assert [page.status_code for page in pages] == [404] * 3


async def test_the_release_of_another_team_is_neither_seen_nor_moved(client: httpx.AsyncClient):
    actor = await two_versions(client)
    page = await client.get(f"{RELEASE}/promote", params={"version": "1.1.0", "to": "everyone"})
    fields = dict(forms_of(page.text))[f"{RELEASE}/promote"]
    await in_team(client, "li_wei", "另一个团队")
    own = dict(forms_of((await client.get("/developer/keys")).text))["/developer/keys"]

    answer = await client.post(
        f"{RELEASE}/promote", data={**fields, "form_word": own["form_word"]}, headers=ORIGIN
    )

    assert [answer.status_code, (await client.get(RELEASE)).status_code] == [404, 404]
    assert (await stands(actor)).candidate is None
