"""What comes to citizens' pages a second time, from elsewhere, or written by hand."""

from dataclasses import replace
from uuid import UUID

import httpx
import pytest

from api.http.browser import SESSION
from api.web.citizen import acting, place
from identity import accounts
from identity.actor import Actor
from miniapps.cases import queries
from miniapps.cases import service as cases
from storage import clock
from storage.ids import new_id
from tests.api.pages.browsing import forms_of, send, signed_in, text_of
from tests.miniapps.cases.factories import a_citizen, a_draft, a_town, hold

ORIGIN = {"origin": "http://127.0.0.1:8000"}


@pytest.fixture
async def citizen(client: httpx.AsyncClient) -> Actor:
    """A citizen at his browser."""
    await signed_in(client)
    found = await accounts.actor_of(client.cookies[SESSION], now=await clock.now())
    assert found is not None
    return found


async def posted(client: httpx.AsyncClient, page: httpx.Response, to: str, **rest: str) -> httpx.Response:
    word = next(fields["form_word"] for _, fields in forms_of(page.text) if "form_word" in fields)
    return await client.post(to, data={"form_word": word, **rest}, headers=ORIGIN)


@pytest.mark.parametrize("address", ["/find?q=%00", "/items/%00"])
async def test_an_address_that_somebody_wrote_himself_is_no_fault_of_ours(client: httpx.AsyncClient, address):
    assert (await client.get(address)).status_code == 400


@pytest.mark.parametrize("page", ["..%2f1.0.0%2findex.html", "a%3f..", "a%5c..", "a/%2e%2e/b", "%2e."])
async def test_a_link_chooses_no_other_version_of_a_mini_app(
    client: httpx.AsyncClient, citizen: Actor, page: str
):
    assert (await client.get(f"/apps/rent-app/{page}")).status_code == 422


async def test_an_id_that_is_none_is_no_fault_of_ours(client: httpx.AsyncClient, citizen: Actor):
    await hold(citizen)

    assert (await posted(client, await client.get("/wallet"), "/wallet/remove", id="abc")).status_code == 400


async def test_what_is_deleted_twice_is_deleted(client: httpx.AsyncClient, citizen: Actor):
    await hold(citizen)
    wallet = await client.get("/wallet")
    papers = [await send(client, wallet, to="/wallet/remove") for _ in range(2)]

    assert [each.headers.get("location") for each in papers] == ["/wallet?done=removed"] * 2


async def test_a_draft_that_is_deleted_twice_is_deleted_and_a_foreign_one_is_not_found(
    client: httpx.AsyncClient, citizen: Actor
):
    await a_town()
    own, foreign = await a_draft(citizen), await a_draft(a_citizen())
    page = await client.get(f"/cases/{own.id}/form")
    answers = [await send(client, page, to=f"/cases/{own.id}/discard") for _ in range(2)]
    refused = [
        await posted(client, page, f"/cases/{case_id}/discard") for case_id in (foreign.id, UUID(int=1))
    ]
    listed = text_of((await client.get("/cases?done=discarded")).text)

    assert "确定删除这份草稿吗" in text_of(page.text)
    assert [each.headers.get("location") for each in answers] == ["/cases?done=discarded"] * 2
    assert [each.status_code for each in refused] == [404, 404]
    assert await queries.get(a_citizen(person_id=foreign.party_id), foreign.id)
    assert "草稿已删除" in listed and "还没有办件" in listed


async def test_a_draft_that_was_handed_in_meanwhile_is_shown_instead_of_deleted(
    client: httpx.AsyncClient, citizen: Actor
):
    await a_town()
    case = await a_draft(citizen)
    page = await client.get(f"/cases/{case.id}/form")
    await hold(citizen)
    await cases.submit(citizen, case.id, idempotency_key="1", now=await clock.now())
    answer = await send(client, page, to=f"/cases/{case.id}/discard")

    assert answer.status_code == 409
    assert "进度已经变了" in text_of(answer.text) and "已收件" in text_of(answer.text)


@pytest.mark.parametrize(
    ("sent_from", "back"),
    [("http://127.0.0.1:8000/cases/1/materials", "%2Fcases%2F1%2Fmaterials"),
     ("http://127.0.0.1:8000//evil.example/", "%2Faccount"),
     ("http://127.0.0.1:8000.evil.example/x", "%2Fwallet%2Fuploads")],
)  # fmt: skip
async def test_who_signs_in_anew_comes_back_to_the_page_with_the_form(
    client: httpx.AsyncClient, sent_from, back
):
    page = await client.get("/sign-in")
    client.headers["referer"] = sent_from
    answer = await posted(client, page, "/wallet/uploads")

    assert answer.headers["location"] == f"/sign-in?next={back}"


async def test_what_an_agent_typed_and_what_his_principal_typed_lie_apart(citizen: Actor):
    agent = replace(citizen, person_id=new_id())
    kept = {place.typed_by(each) for each in (citizen, agent, replace(agent, acting_for=agent.person_id))}

    assert len({owner for owner, _ in kept}) == len({key for _, key in kept}) == 3


async def test_each_paper_that_follows_has_a_key_of_its_own(
    client: httpx.AsyncClient, citizen: Actor, monkeypatch
):
    keys: list[str] = []

    async def ask(_request: object, _asker: object, _document: str, *, key: str = "", **_rest: object):
        keys.append(key)

    monkeypatch.setattr(acting, "ask", ask)
    await hold(citizen)
    page = await client.get("/wallet")
    for kind in ("k" * 39 + "a", "k" * 39 + "b"):
        await posted(client, page, f"/cases/{UUID(int=1)}/paper", kind=kind)

    assert len(set(keys)) == 2
    assert all(len(key) <= 80 for key in keys)
