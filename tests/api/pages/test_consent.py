"""Consenting on the page: from a request to its code, narrowed, refused, seen and withdrawn."""

import re
from urllib.parse import urlsplit

import httpx
import pytest

from storage.db import execute, fetch
from tests.api.oidc.relying import CALLBACK, Rp, add, query_of
from tests.api.pages.browsing import card, send, signed_in, text_of


async def brought(client: httpx.AsyncClient, rp: Rp, **changes: str) -> httpx.Response:
    """Follow an application's request through the sign-in to the page of consent."""
    answer = await client.get("/oauth/authorize", params=rp.request(**changes))
    if urlsplit(answer.headers["location"]).path == "/sign-in":
        page = await client.get(answer.headers["location"])
        answer = await send(client, page, **card("wang_fang"), face="ok")
    assert urlsplit(answer.headers["location"]).path == "/consent"
    return await client.get(answer.headers["location"])


async def answered(
    client: httpx.AsyncClient, page: httpx.Response, answer: str, *claims: str
) -> httpx.Response:
    [word] = re.findall(r'name="form_word" value="([^"]+)"', page.text)
    [request] = re.findall(r'name="request" value="([^"]+)"', page.text)
    body = {"form_word": word, "request": request, "answer": answer, "claim": list(claims)}
    return await client.post("/consent", data=body)


async def test_the_page_names_the_application_its_operator_each_claim_why_and_how_long(client):
    page = await brought(client, await add(client))
    told = text_of(page.text)

    assert page.status_code == 200
    assert "“公积金助手”请求使用您的信息" in told
    assert "负责单位 杭州市住房公积金管理中心" in told
    assert "有效期 到 20" in told
    assert "姓名（隐去部分） 用途：用于测试" in told and "手机号码 用途：用于测试" in told
    assert "可以随时在“我的授权”中撤回" in told
    assert "form-action 'self' https://rp.example;" in page.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]


async def test_granting_gives_a_code_for_what_was_ticked_alone(client: httpx.AsyncClient):
    rp = await add(client)
    page = await brought(client, rp)
    answer = await answered(client, page, "grant", "profile.name")

    assert answer.status_code == 303
    assert answer.headers["location"].startswith(CALLBACK)
    given = (await rp.redeem(query_of(answer)["code"])).json()
    assert given["scope"] == "openid profile.name"


@pytest.mark.parametrize(
    "change", ["visitor_hash = decode('00', 'hex')", "used_at = created_at", "expires_at = created_at"]
)
async def test_what_is_remembered_of_a_request_gives_nothing_when_the_table_says_otherwise(client, change):
    page = await brought(client, await add(client))
    await execute(f"UPDATE oidc_request SET {change}")

    answer = await answered(client, page, "grant", "profile.name")

    assert answer.status_code == 404
    assert await fetch("SELECT id FROM consent UNION SELECT id FROM oidc_grant") == []


async def test_refusing_is_told_to_the_application_and_gives_nothing(client: httpx.AsyncClient):
    for answer in ("refuse", "", "Grant"):
        page = await brought(client, await add(client))
        back = await answered(client, page, answer, "profile.name", "phone")

        assert query_of(back)["error"] == "access_denied"
    assert await fetch("SELECT 1 FROM consent") == []


async def test_sensitive_claims_are_ticked_by_the_citizen_alone(client: httpx.AsyncClient):
    rp = await add(
        client, scopes={"idcard.number": "核对缴存人"}, number_basis="《住房公积金管理条例》第十五条"
    )
    page = await brought(client, rp, scope="openid idcard.number")

    assert "敏感个人信息，需要您单独勾选同意" in page.text
    assert "checked" not in page.text
    assert "《住房公积金管理条例》第十五条" in page.text


async def test_who_came_by_a_network_identity_is_told_what_needs_plaintext_why_and_where_to_link(
    client: httpx.AsyncClient,
):
    rp = await add(
        client,
        scopes={"idcard.number": "核对", "profile.name": "称呼", "idcard.verify": "", "corp": ""},
        number_basis="《住房公积金管理条例》第十五条",
    )
    entrance = await client.get("/sign-in", params={"method": "network_id"})
    await send(client, entrance, credential="wz-wang_fang")
    asked = {"scope": "openid idcard.number profile.name idcard.verify corp"}
    page = await brought(client, rp, **asked)
    told = text_of(page.text)

    assert re.findall(r'name="claim" value="([^"]+)"', page.text) == ["corp"]
    assert "以下信息不会提供：" in told
    assert "公民身份号码（完整号码）（依据：《住房公积金管理条例》第十五条）" in told
    assert "姓名（隐去部分）（依据：您的单独同意）" in told
    assert "是否已满18周岁（只回答是或否）（依据：您的单独同意）" in told
    assert 'href="/account/network-identity"' in page.text
    linking = text_of((await client.get("/account/network-identity")).text)
    assert "我们不知道您的姓名和身份证号码" in linking and "用身份证登录" in linking

    back = await answered(client, page, "grant", "corp", "profile.name", "idcard.number")
    given = (await rp.redeem(query_of(back)["code"])).json()
    known = (await rp.userinfo(given["access_token"])).json()
    assert given["scope"] == "openid corp"
    assert (known.keys(), known["corp"]) == ({"sub", "corp"}, None)
    again = await client.get("/oauth/authorize", params=rp.request(**asked, prompt="none"))
    assert "code" in query_of(again)  # he was told once


async def test_who_came_by_id_card_reads_nothing_of_plaintext(client: httpx.AsyncClient):
    assert "以下信息不会提供" not in text_of((await brought(client, await add(client))).text)


async def test_an_answer_counts_once_and_only_from_the_browser_that_was_asked(client: httpx.AsyncClient):
    rp = await add(client)
    page = await brought(client, rp)
    await answered(client, page, "grant", "profile.name")
    again = await answered(client, page, "grant", "phone")
    fresh = await brought(client, rp, prompt="consent")
    client.cookies.delete("banshi_visitor")
    other = await answered(client, fresh, "grant", "phone")

    assert [again.status_code, other.status_code] == [404, 404]
    assert "这次请求已失效" in text_of(again.text)


@pytest.mark.parametrize("request_id", ["", "x", "00000000-0000-0000-0000-000000000001", "' OR 1=1"])
async def test_a_request_that_is_none_is_a_page_of_refusal(client: httpx.AsyncClient, request_id):
    await signed_in(client)
    page = await client.get("/consent", params={"request": request_id})

    assert page.status_code == 404
    assert "这次请求已失效" in text_of(page.text)


async def test_another_site_cannot_consent_for_anybody(client: httpx.AsyncClient):
    page = await brought(client, await add(client))
    [request] = re.findall(r'name="request" value="([^"]+)"', page.text)
    body = {"request": request, "answer": "grant", "claim": "phone"}
    bare = await client.post("/consent", data=body)
    [word] = re.findall(r'name="form_word" value="([^"]+)"', page.text)
    foreign = await client.post(
        "/consent", data={**body, "form_word": word}, headers={"origin": "https://e.example"}
    )

    assert [bare.status_code, foreign.status_code] == [403, 403]
    assert await fetch("SELECT 1 FROM consent") == []


async def test_signing_in_changes_the_browsers_word_and_its_request_goes_along(client: httpx.AsyncClient):
    rp = await add(client)
    away = await client.get("/oauth/authorize", params=rp.request())
    page = await client.get(away.headers["location"])
    before = client.cookies["banshi_visitor"]
    assert "form-action 'self' https://rp.example;" in page.headers["content-security-policy"]
    answer = await send(client, page, **card("wang_fang"), face="ok")
    after = client.cookies["banshi_visitor"]
    to = urlsplit(answer.headers["location"])
    again = f"/oauth/continue?{to.query}"
    going = await client.get(again)
    stolen = await client.get(again, headers={"cookie": f"banshi_visitor={before}"})

    assert before != after
    assert to.path == "/consent"
    assert going.headers["location"] == answer.headers["location"]
    assert stolen.status_code == 404


async def test_consents_are_seen_and_withdrawn_and_tokens_die_at_once(client: httpx.AsyncClient):
    rp = await add(client)
    back = await answered(client, await brought(client, rp), "grant", "profile.name", "phone")
    given = (await rp.redeem(query_of(back)["code"])).json()
    page = await client.get("/account/consents")
    withdrawn = await send(client, page)
    after = text_of((await client.get(withdrawn.headers["location"])).text)

    assert "公积金助手 识别您是同一位用户的编号（每个应用各不相同） 姓名（隐去部分） 手机号码" in text_of(
        page.text
    )
    assert "已撤回授权" in after and "还没有同意任何应用" in after
    assert (await rp.userinfo(given["access_token"])).status_code == 401
