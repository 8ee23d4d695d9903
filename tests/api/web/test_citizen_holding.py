"""What citizens hold and are told: the wallet, and the inbox."""

import httpx
import pytest

from api.http import quota
from api.http.browser import SESSION
from api.settings import Settings
from identity import accounts
from identity.actor import Actor
from miniapps.materials import queries
from miniapps.materials.service._checking import vault_path
from storage import clock, objects
from storage.db import fetch
from storage.embedded.valkey import Valkey
from storage.ids import new_id
from storage.settings import ObjectsSettings, QueueSettings
from tests.api.conftest import some_settings
from tests.api.pages.browsing import send, signed_in, text_of
from tests.miniapps.cases.factories import ID_CARD, LEASE, ORIGINAL, PHOTO, a_citizen, a_town, an_item, hold
from tests.miniapps.materials import factories as materials
from tests.miniapps.notices.factories import tell
from tests.storage.inspection import files


@pytest.fixture
def settings(valkey: Valkey, seaweed: ObjectsSettings) -> Settings:
    return some_settings(queue=QueueSettings(url=valkey.url), objects=seaweed)


async def at_his_browser(client: httpx.AsyncClient, persona: str = "wang_fang") -> Actor:
    await signed_in(client, persona)
    found = await accounts.actor_of(client.cookies[SESSION], now=await clock.now())
    assert found is not None
    return found


async def test_a_paper_is_shown_and_taken_out(client: httpx.AsyncClient):
    await signed_in(client)
    empty = text_of((await client.get("/wallet")).text)
    citizen = await accounts.actor_of(client.cookies[SESSION], now=await clock.now())
    await hold(citizen)
    page = await client.get("/wallet")
    removed = await send(client, page, to="/wallet/remove")
    after = text_of((await client.get(removed.headers["location"])).text)

    assert "还没有电子证照" in empty and "还没有材料" in empty
    assert "您上传的" in text_of(page.text)
    assert "已从您的材料中删除" in after and "还没有材料" in after


async def test_a_notice_is_read_and_leads_on(client: httpx.AsyncClient):
    await signed_in(client)
    citizen = await accounts.actor_of(client.cookies[SESSION], now=await clock.now())
    await tell(citizen.acting_for, key="1", title="申请已受理", link="/cases")
    await tell(citizen.acting_for, key="2", title="请核对委托", link="/mandates")
    await tell(citizen.acting_for, key="3", title="通知", link=None)
    page = await client.get("/inbox")
    leads = [await send(client, page, to=to) for to in sorted(set(_reads(page.text)))]
    after = text_of((await client.get("/inbox")).text)
    only = text_of((await client.get("/inbox", params={"unread": "yes"})).text)
    foreign = await send(client, page, to=_reads(page.text)[0])

    assert "3 条未读" in text_of(page.text)
    assert {answer.headers["location"] for answer in leads} == {"/cases", "/account/mandates", "/inbox"}
    assert "未读" not in after.replace("只看未读", "")
    assert "没有未读的消息" in only
    assert foreign.status_code == 303, "again changes nothing"


def _reads(page: str) -> list[str]:
    return [part.split('"')[0] for part in page.split('action="')[1:] if part.split('"')[0].count("/") == 3]


async def test_a_stored_file_is_saved_by_whose_it_is_and_no_browser_runs_it(client: httpx.AsyncClient):
    await objects.ensure_bucket()
    citizen, data = await at_his_browser(client), files.pdf(150)
    version = await materials.given(citizen, data, now=await clock.now())
    link = f'href="/wallet/papers/{version.id}"'
    wallet = await client.get("/wallet")
    answer = await client.get(f"/wallet/papers/{version.id}")
    looks = await fetch("SELECT object, person_id, party_id FROM audit_row WHERE act = 'material.read'")

    assert link in wallet.text and "下载查看" in text_of(wallet.text)
    assert (answer.status_code, answer.content) == (200, data)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-security-policy"].endswith("sandbox")
    assert [tuple(look.values()) for look in looks] == [
        (f"version/{version.id}", citizen.person_id, citizen.acting_for)
    ]


async def test_a_foreign_a_removed_and_a_lost_file_are_refused_as_what_never_was(client: httpx.AsyncClient):
    await objects.ensure_bucket()
    now, citizen = await clock.now(), await at_his_browser(client)
    foreign = await materials.given(a_citizen(), files.pdf(20), now=now)
    lost = await materials.given(citizen, files.pdf(25), kind="photo", now=now)
    await objects.remove(vault_path(await queries.object_of(lost)))
    own = await materials.given(citizen, files.pdf(30), now=now)
    await send(client, await client.get("/wallet"), to="/wallet/remove", id=str(own.material))
    refused = [await client.get(f"/wallet/papers/{each}") for each in (foreign.id, lost.id, own.id, new_id())]
    looks = await fetch("SELECT object FROM audit_row WHERE act = 'material.read' AND object LIKE $1",
                        f"%{foreign.id}%")  # fmt: skip
    await client.get("/sign-out")
    client.cookies.clear()
    visitor = await client.get(f"/wallet/papers/{own.id}")

    assert [each.status_code for each in refused] == [404] * 4
    assert len({text_of(each.text).split("编号")[0] for each in refused}) == 1
    assert looks == []
    assert (visitor.status_code, visitor.headers["location"].partition("?")[0]) == (303, "/sign-in")


async def test_who_sends_six_files_at_once_is_not_told_to_wait(client: httpx.AsyncClient):
    citizen, now = await at_his_browser(client), await clock.now()
    forms = [await materials.request(citizen, files.pdf(10 + each), now=now) for each in range(6)]

    asked = 4 + 9  # by uploading.js in ten seconds; all at once here, with no time for the quota to fill
    answers = [await client.get(f"/wallet/uploads/{form.upload.id}") for _ in range(asked) for form in forms]

    assert [(each.status_code, each.json()["state"]) for each in answers] == [(200, "REQUESTED")] * len(
        answers
    )
    assert len(forms) * 1.0 < quota.PERSON_PER_S / 2, (
        "each goes on once a second, and there are pages besides"
    )


async def test_a_paper_is_chosen_before_it_is_added(client: httpx.AsyncClient):
    await a_town(an_item(materials=(ID_CARD, LEASE, PHOTO, ORIGINAL)))
    await at_his_browser(client)
    papers = await client.get("/wallet/add")
    of_item = await client.get(f"/wallet/add?item={an_item().code}")
    one = await client.get(f"/wallet/add?item={an_item().code}&kind=photo")
    unknown = await client.get("/wallet/add?kind=secret")
    none = await client.get("/wallet/add?item=999999999999")

    for page in (papers, of_item):
        assert "kind=photo" in page.text and "kind=lease_contract" in page.text
        assert "kind=id_card" not in page.text and "data-upload" not in page.text
    assert 'data-kind="photo"' in one.text and "uploading" in one.text and "uploading" not in papers.text
    assert objects.public_origin() in one.headers["content-security-policy"]
    assert "data-upload" not in unknown.text
    assert none.status_code == 404
