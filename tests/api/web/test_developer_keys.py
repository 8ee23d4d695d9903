"""Keys of a team on its page: added, retired, revoked with a confirmation."""

import httpx

from banshi import package
from tests.api.pages.browsing import forms_of, send, text_of
from tests.api.web.office import in_team, with_key
from tests.miniapps.catalog.packed import PEM

KEYS = "/developer/keys"


async def test_a_key_is_added_once_though_it_is_sent_twice(client: httpx.AsyncClient):
    await in_team(client)
    page = await client.get(KEYS)
    typed = {"name": "发布密钥", "publicKey": package.public_of(PEM).hex()}

    answers = [await send(client, page, to=KEYS, **typed) for _ in range(2)]

    assert {answer.headers["location"] for answer in answers} == {f"{KEYS}?done=key-added"}
    assert text_of((await client.get(KEYS)).text).count("发布密钥 有效") == 1


async def test_what_is_no_key_is_told_beside_its_field_and_stays(client: httpx.AsyncClient):
    await in_team(client)

    answer = await send(client, await client.get(KEYS), to=KEYS, name="发布密钥", publicKey="zz")

    assert answer.status_code == 422
    assert 'id="publicKey-problem"' in answer.text and 'value="zz"' in answer.text


async def test_a_key_is_retired(client: httpx.AsyncClient):
    await with_key(await in_team(client))

    answer = await send(client, await client.get(KEYS), to=f"{KEYS}/retire")

    assert "照常使用" in text_of((await client.get(answer.headers["location"])).text)
    assert "发布密钥 已停用" in text_of((await client.get(KEYS)).text)


async def test_a_key_is_revoked_on_a_page_of_its_own_with_a_reason(client: httpx.AsyncClient):
    await with_key(await in_team(client))
    listed = await client.get(KEYS)
    address = next(
        part.partition('"')[0] for part in listed.text.split('href="') if part.startswith(f"{KEYS}/")
    )
    page = await client.get(address)

    refused = await send(client, page, to=address, reason="")
    assert refused.status_code == 422 and 'id="reason-problem"' in refused.text
    done = [await send(client, page, to=address, reason="私钥可能泄露") for _ in range(2)]

    assert {answer.headers["location"] for answer in done} == {f"{KEYS}?done=key-revoked"}
    listed = await client.get(KEYS)
    assert "已吊销" in text_of(listed.text) and "私钥可能泄露" in text_of(listed.text)
    assert [to for to, _ in forms_of(listed.text) if "retire" in to] == []


async def test_a_key_of_another_team_is_as_if_it_were_not(client: httpx.AsyncClient):
    await with_key(await in_team(client))
    listed = await client.get(KEYS)
    address = next(
        part.partition('"')[0] for part in listed.text.split('href="') if part.startswith(f"{KEYS}/")
    )
    await in_team(client, "li_wei", "另一个团队")

    assert (await client.get(address)).status_code == 404
