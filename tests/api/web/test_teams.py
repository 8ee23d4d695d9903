"""The pages where developers found teams, invite, join and leave."""

import httpx

from tests.api.pages.browsing import card, forms_of, send, signed_in, text_of

TEAMS = "/developer/teams"


async def founded(client: httpx.AsyncClient, name: str = "星河小组") -> str:
    """Found a team; return the address of its page."""
    await signed_in(client)
    await send(client, await client.get(TEAMS), to=TEAMS, name=name)
    page = await client.get(TEAMS)
    return next(part.partition('"')[0] for part in page.text.split('href="') if part.startswith(f"{TEAMS}/"))


async def test_who_has_no_team_is_told_how_to_come_by_one(client: httpx.AsyncClient):
    await signed_in(client)

    home = await client.get("/developer")
    page = await client.get(home.headers["location"])

    assert "您还没有团队" in text_of(page.text)


async def test_a_team_is_founded_and_entered(client: httpx.AsyncClient):
    await founded(client)
    page = await client.get(TEAMS)

    entered = await send(client, page, to="/sign-in/context")

    assert entered.headers["location"] == "/developer"
    assert "团队： 星河小组" in text_of((await client.get("/developer")).text)
    assert "星河小组（当前）" in text_of((await client.get("/sign-in/context")).text)


async def test_a_name_that_will_not_do_is_told_beside_its_field(client: httpx.AsyncClient):
    await signed_in(client)

    answer = await send(client, await client.get(TEAMS), to=TEAMS, name="星" * 41)

    assert answer.status_code == 422
    assert 'id="name-problem"' in answer.text and "最多 40 个字" in answer.text
    assert "星" * 41 in answer.text, "what was typed stays"


async def test_somebody_is_invited_and_joins(client: httpx.AsyncClient):
    await signed_in(client, "li_wei")  # who never came is not known
    client.cookies.clear()
    team = await founded(client)
    page = await client.get(team)

    done = await send(client, page, to=f"{team}/invite", **card("li_wei"), role="tester")

    assert done.headers["location"] == f"{team}?done=invited"
    assert "测试人员 · 已邀请，等待接受" in text_of((await client.get(team)).text)
    client.cookies.clear()
    await signed_in(client, "li_wei")
    asked = await client.get(TEAMS)
    assert "等您答复的邀请" in text_of(asked.text)
    await send(client, asked, to=f"{TEAMS}/answer", answer="accept")
    assert "测试人员 · 成员" in text_of((await client.get(team)).text)
    assert f"{team}/invite" not in dict(forms_of((await client.get(team)).text)), "owners invite"


async def test_a_name_that_is_not_the_numbers_is_told_without_telling_whose_it_is(client: httpx.AsyncClient):
    team = await founded(client)
    wrong = {**card("li_wei"), "name": "张三"}

    answer = await send(client, await client.get(team), to=f"{team}/invite", **wrong, role="developer")

    assert answer.status_code == 404
    assert "李伟" not in answer.text
    assert wrong["id_number"] in answer.text


async def test_the_last_owner_stays(client: httpx.AsyncClient):
    team = await founded(client)

    answer = await send(client, await client.get(team), to=f"{team}/dismiss")

    assert answer.status_code == 409


async def test_the_teams_own_mini_apps_are_shown_and_no_others(client: httpx.AsyncClient):
    page = await client.get(await founded(client))
    await send(client, await client.get(TEAMS), to="/sign-in/context")

    home = await client.get("/developer")

    assert page.status_code == 200
    assert "还没有应用" in text_of(home.text), "what is listed for citizens belongs to others"
