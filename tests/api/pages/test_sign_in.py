"""Signing in on the page, without a script: every way in, and what keeps others out."""

import re

import httpx
import pytest

from api.pages.local import HOME
from identity import people, sessions
from identity.numbers import with_check_digit
from storage import clock
from storage.db import fetch
from tests.api.oidc.relying import add
from tests.api.pages.browsing import card, forms_of, send, signed_in, text_of
from tests.identity.factories import code_sent

SESSION = "banshi_session"
NOBODY = with_check_digit("33019919900412001")  # valid, and borne by none


async def living() -> int:
    return len(await fetch("SELECT 1 FROM session WHERE ended_at IS NULL"))


async def test_a_citizen_signs_in_by_face_and_goes_where_he_came_from(client: httpx.AsyncClient):
    page = await client.get("/sign-in", params={"next": "/oauth/continue?request=abc"})
    answer = await send(client, page, **card("wang_fang"), face="ok")

    assert (answer.status_code, answer.headers["location"]) == (303, "/oauth/continue?request=abc")
    assert re.fullmatch("s[0-9a-f]{64}", client.cookies[SESSION])
    [cookie] = [line for line in answer.headers.get_list("set-cookie") if line.startswith(SESSION)]
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}


async def test_the_code_comes_in_a_second_step_and_the_number_stays(client: httpx.AsyncClient):
    page = await client.get("/sign-in", params={"method": "sms"})
    second = await send(client, page, **card("li_wei"))

    assert second.status_code == 200
    assert forms_of(second.text)[0][1].items() >= card("li_wei").items()
    done = await send(client, second, code=await code_sent())

    assert (done.status_code, done.headers["location"]) == (303, HOME)


async def test_the_second_step_looks_the_same_for_somebody_unknown(client: httpx.AsyncClient):
    page = await client.get("/sign-in", params={"method": "sms"})
    pages = [
        await send(client, page, id_number=number, name="王芳")
        for number in (card("wang_fang")["id_number"], NOBODY)
    ]

    known, unknown = (re.sub(r'value="[^"]*"', "", each.text) for each in pages)
    assert [each.status_code for each in pages] == [200, 200]
    assert known == unknown


@pytest.mark.parametrize(
    ("_case", "typed", "field", "text"),
    [
        ("short number", {"id_number": "123"}, "id_number", "18 位"),
        ("bad check digit", {"id_number": "330199199004121021"}, "id_number", "校验位"),
        ("no name", {"name": " "}, "name", "请填写姓名"),
        ("long name", {"name": "王" * 201}, "name", "太长"),
        ("wrong name", {"name": "王五"}, "", "未能核实"),
        ("nobody's number", {"id_number": NOBODY}, "", "未能核实"),
        ("failed face", {"face": "no"}, "", "未能核实"),
        ("unknown way", {"method": "telepathy"}, "", "未能核实"),
    ],
)
async def test_a_mistake_stands_beside_its_field_and_what_was_typed_stays(
    client: httpx.AsyncClient, _case, typed, field, text
):
    page = await client.get("/sign-in")
    answer = await send(client, page, **{**card("wang_fang"), "face": "ok", **typed})

    assert answer.status_code >= 400
    assert text in text_of(answer.text)
    assert (f'id="{field}-problem"' in answer.text) == bool(field)
    assert ('role="alert"' in answer.text) != bool(field)
    kept = forms_of(answer.text)[0][1]
    assert kept["id_number"] == typed.get("id_number", card("wang_fang")["id_number"])
    assert SESSION not in client.cookies
    assert await living() == 0


async def test_a_wrong_code_is_not_kept(client: httpx.AsyncClient):
    second = await send(client, await client.get("/sign-in", params={"method": "sms"}), **card("li_wei"))
    answer = await send(client, second, code="135790")

    assert answer.status_code == 401
    assert "135790" not in answer.text
    assert "code" in forms_of(answer.text)[0][1]


async def test_unknown_and_wrong_are_told_in_the_same_words_and_locked_alike(client: httpx.AsyncClient):
    heard = []
    for number in (card("wang_fang")["id_number"], NOBODY):
        answers = [
            await send(client, await client.get("/sign-in"), id_number=number, name="无名氏", face="ok")
            for _ in range(6)
        ]
        heard.append([(answer.status_code, text_of(answer.text)) for answer in answers])

    assert [status for status, _ in heard[0]] == [401] * 5 + [429]
    assert heard[0] == heard[1]
    assert "分钟后再试" in heard[0][-1][1]


async def test_too_many_tries_are_told_when_to_come_back(client: httpx.AsyncClient):
    page = await client.get("/sign-in")
    answers = [
        await send(client, page, **card("wang_fang"), face="no", method="sms", code="1") for _ in range(11)
    ]

    assert answers[-1].status_code == 429
    assert re.search(r"\d+ (秒|分钟)后", text_of(answers[-1].text))


@pytest.mark.parametrize(
    "given",
    [{"form_word": ""}, {"form_word": "0" * 32}, {"form_word": "汉字"}],
)
async def test_a_form_of_another_browser_signs_nobody_in(client: httpx.AsyncClient, given):
    page = await client.get("/sign-in", params={"next": "/consent?request=1"})
    answer = await send(client, page, **card("wang_fang"), face="ok", **given)

    assert answer.status_code == 403
    assert SESSION not in client.cookies
    again = forms_of(answer.text)[0][1]
    assert (again["next"], again["id_number"]) == ("/consent?request=1", "")
    assert await living() == 0


async def test_another_site_cannot_sign_a_browser_in(client: httpx.AsyncClient):
    page = await client.get("/sign-in")
    _, fields = forms_of(page.text)[0]
    body = {**fields, **card("wang_fang"), "face": "ok"}

    for origin in ("https://evil.example", "null", "http://127.0.0.1:8001"):
        answer = await client.post("/sign-in", data=body, headers={"origin": origin})
        assert answer.status_code == 403
    assert await living() == 0


@pytest.mark.parametrize("known", [True, False])
async def test_a_hint_fills_the_form_whoever_it_names(client: httpx.AsyncClient, known):
    """What the client hints at is typed already; the page does not tell whether we know him."""
    if known:
        await signed_in(client)
        client.cookies.clear()
    rp, number = await add(client), card("wang_fang")["id_number"]
    pages = []
    for hint in (number, number.lower(), "王芳", "13800000000", " "):
        away = await client.get("/oauth/authorize", params=rp.request(login_hint=hint))
        page = await client.get(away.headers["location"])
        fields = forms_of(page.text)[0][1]
        pages.append((page.status_code, fields["id_number"], fields["name"]))

    assert pages == [
        (200, number, ""), (200, number, ""), (200, "", "王芳"), (200, "13800000000", ""), (200, "", ""),
    ]  # fmt: skip


async def test_a_token_from_before_is_good_no_longer_and_is_not_taken_over(client: httpx.AsyncClient):
    await signed_in(client, "li_wei")
    his = client.cookies[SESSION]
    answer = await signed_in(client, "wang_fang", prompt="login")

    assert answer.status_code == 303
    assert client.cookies[SESSION] != his
    assert await sessions.actor_of(his, now=await clock.now()) is None
    assert await living() == 1


@pytest.mark.parametrize("thiefs", [False, True])
async def test_a_planted_token_is_replaced(client: httpx.AsyncClient, sign_in, thiefs):
    planted = await sign_in("li_wei") if thiefs else "s" + "0" * 64
    client.cookies.set(SESSION, planted, domain=client.base_url.host)
    page = await client.get("/sign-in", params={"prompt": "login"})
    answer = await send(client, page, **card("wang_fang"), face="ok")

    assert f"{SESSION}={planted}" in answer.request.headers["cookie"]
    assert answer.status_code == 303
    mine = await sessions.actor_of(client.cookies[SESSION], now=await clock.now())
    assert mine is not None
    assert mine.person_id == (await people.find(card("wang_fang")["id_number"])).id
    assert await sessions.actor_of(planted, now=await clock.now()) is None
    assert await living() == 1


async def test_whoever_is_signed_in_strongly_enough_goes_on_at_once(client: httpx.AsyncClient):
    await signed_in(client)

    at_once = await client.get("/sign-in", params={"next": "/account/sessions"})
    asked = await client.get("/sign-in", params={"prompt": "login"})
    stale = await client.get("/sign-in", params={"max_age": "0"})

    assert at_once.headers["location"] == "/account/sessions"
    assert asked.status_code == 200
    assert stale.status_code == 200


async def test_a_weak_sign_in_is_asked_to_step_up_and_told_why(client: httpx.AsyncClient):
    second = await send(client, await client.get("/sign-in", params={"method": "sms"}), **card("li_wei"))
    await send(client, second, code=await code_sent())

    page = await client.get("/sign-in", params={"acr_values": "urn:banshi:level:3", "next": "/account"})

    assert page.status_code == 200
    assert "办理此事需要刷脸核实是您本人（三级实名）" in text_of(page.text)
    assert "method=sms" not in page.text  # too weak for it
    done = await send(client, page, **card("li_wei"), face="ok")
    assert (done.status_code, done.headers["location"]) == (303, "/account")


async def test_staff_choose_as_whom_to_go_on(client: httpx.AsyncClient, sign_in):
    await sign_in("clerk_public_security")  # appoints him
    answer = await signed_in(client, "clerk_public_security", next="/account/sessions")
    page = await client.get(answer.headers["location"])
    citizen = client.cookies[SESSION]

    assert "窗口和审批人员" in text_of(page.text)
    post = re.findall(r'name="context" value="([^"]+)"', page.text)[1]
    done = await send(client, page, context=post)

    actor = await sessions.actor_of(client.cookies[SESSION], now=await clock.now())
    assert done.headers["location"] == "/account/sessions"
    assert actor is not None and actor.roles == {"clerk"}
    assert await sessions.actor_of(citizen, now=await clock.now()) is None


async def test_nobody_goes_on_in_a_post_he_does_not_hold(client: httpx.AsyncClient):
    await signed_in(client)
    page = await client.get("/sign-in/context")
    answer = await send(client, page, context="clerk")

    assert answer.status_code == 403
    assert "text/html" in answer.headers["content-type"]
