"""What mini-apps write to citizens: told once, few, muted unseen, and stopped by whoever may stop it."""

from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from banshi.notices import MOST
from banshi.scopes import Scope
from identity import clients, consents, halts, subjects, tokens
from identity.actor import Actor
from identity.clients import AuthMethod, OidcClient, Profile
from identity.relation_errors import OwnConsentNeeded
from identity.roles import MandateKind, Role
from miniapps.notices import queries
from miniapps.release import service as releases
from miniapps.release.rules.switches import SwitchKind
from storage.db import fetch
from storage.ids import new_id
from tests.api.conftest import NOON, an_actor, as_citizen, as_operator
from tests.miniapps.catalog.factories import SCOPES, WRITES, make_released

APP = "rent-app"
SEND = """mutation ($notice: NoticeDraft!, $key: String!) {
  sendNotice(notice: $notice, idempotencyKey: $key) { key sentAt } }"""
INBOX = "{ notices { edges { node { kind title body link appId } } } }"
MUTE, UNMUTE = (
    f"mutation ($app: String!) {{ {verb}MiniApp(appId: $app) {{ appId mutedAt }} }}"
    for verb in ("mute", "unmute")
)
LETTER = {"title": "材料已收到", "body": "三个工作日内答复您。", "page": "/index.html"}
AGREED = [*SCOPES, Scope.NOTICES_SEND]


@pytest.fixture
async def citizen(client: httpx.AsyncClient) -> Actor:
    """A citizen who lets a mini-app write to him; the server is there for its limits."""
    await make_released(an_actor(Role.DEVELOPER), as_operator(), NOON, more=WRITES)
    made = as_citizen(session_id=new_id())
    await consents.grant(made, APP, AGREED, now=NOON)
    return made


async def send(ask, citizen, *, key="1", now=NOON, **changes):
    app = replace(citizen, app_id=APP, scopes=frozenset({Scope.NOTICES_SEND}))
    return await ask(SEND, actor=app, now=now, notice=LETTER | changes, key=key)


async def titles(citizen):
    return [notice.title for notice in (await queries.page(citizen, first=100)).rows]


def code_of(answer):
    return answer["errors"][0]["extensions"]["code"]


async def test_a_notice_bears_the_name_of_who_writes_and_leads_to_a_page_of_it(ask, citizen):
    sent = await send(ask, citizen)
    told = (await ask(INBOX, actor=citizen))["data"]["notices"]["edges"]

    assert sent["data"]["sendNotice"]["key"] == "1"
    assert [edge["node"] for edge in told] == [
        {
            "kind": "app.wrote", "title": "【租房提取】材料已收到", "body": LETTER["body"],
            "link": "/apps/rent-app/index.html", "appId": APP,
        }
    ]  # fmt: skip
    rows = await fetch("SELECT app_id, object, basis FROM audit_row WHERE act = 'notice.send'")
    assert rows == [{"app_id": APP, "object": f"app/{APP}", "basis": None}]


async def test_a_key_tells_once_and_says_nothing_else(ask, citizen):
    first = await send(ask, citizen)
    again = await send(ask, citizen, now=NOON + timedelta(hours=1))
    other = await send(ask, citizen, title="另一件事")

    assert again == first
    assert code_of(other) == "IDEMPOTENCY_KEY_REUSED"
    assert len(await titles(citizen)) == 1


async def test_what_does_not_fit_is_refused_and_no_session_of_a_citizen_writes(ask, citizen):
    unfit = await send(ask, citizen, body="请联系 13812345678")
    elsewhere = await send(ask, citizen, page="/other.html")
    himself = await ask(SEND, actor=citizen, notice=LETTER, key="1")
    unasked = replace(citizen, app_id=APP, scopes=frozenset({Scope.NOTICES_READ}))

    assert unfit["errors"][0]["extensions"]["data"]["field"] == "body"
    assert {code_of(unfit), code_of(elsewhere)} == {"NOTICE_UNFIT"}
    assert code_of(himself) == "SCOPE_MISSING"
    assert code_of(await ask(SEND, actor=unasked, notice=LETTER, key="1")) == "SCOPE_MISSING"
    assert await titles(citizen) == []


async def test_enough_for_a_day_is_told_with_the_time_to_come_back(ask, citizen):
    for number in range(MOST):
        await send(ask, citizen, key=str(number), now=NOON + timedelta(minutes=number))
    later = NOON + timedelta(hours=1)

    spent = await send(ask, citizen, key="more", now=later)
    again = await send(ask, citizen, key="0", now=later)
    next_day = await send(ask, citizen, key="more", now=NOON + timedelta(days=1))

    assert code_of(spent) == "NOTICES_SPENT"
    assert spent["errors"][0]["extensions"]["data"] == {"retry_after_s": str(23 * 3600)}
    assert "errors" not in again and "errors" not in next_day
    assert len(await titles(citizen)) == MOST + 1


async def test_a_mini_app_writes_so_many_a_minute_to_whomever(ask, citizen, monkeypatch):
    monkeypatch.setattr("miniapps.gateway.service._writing.A_MINUTE", 1)

    first, second = await send(ask, citizen), await send(ask, citizen, key="2")

    assert "errors" not in first
    assert code_of(second) == "RATE_LIMITED"
    assert 1 <= int(second["errors"][0]["extensions"]["data"]["retry_after_s"]) <= 60


async def test_who_is_muted_is_answered_as_ever_and_tells_nothing(ask, citizen):
    muted = await ask(MUTE, actor=citizen, app=APP)
    answers = [await send(ask, citizen, key=str(number)) for number in range(MOST + 1)]
    unheard = await titles(citizen)
    rows = await fetch("SELECT basis FROM audit_row WHERE act = 'notice.send'")
    unmuted = await ask(UNMUTE, actor=citizen, app=APP)
    await send(ask, citizen, key="then", now=NOON + timedelta(days=2))

    assert [each["appId"] for each in muted["data"]["muteMiniApp"]] == [APP]
    assert [each.get("errors") is None for each in answers] == [True] * MOST + [False]
    assert unheard == []
    assert {row["basis"] for row in rows} == {"您设置了不接收，没有送达"}
    assert unmuted == {"data": {"unmuteMiniApp": []}}
    assert await titles(citizen) == ["【租房提取】材料已收到"]


async def test_a_mini_app_does_not_see_by_the_inbox_whether_it_is_muted(ask, citizen):
    reader = replace(citizen, app_id=APP, scopes=frozenset({Scope.NOTICES_READ}))
    await send(ask, citizen, key="heard")
    heard = await ask("{ unreadNotices notices { edges { node { title } } } }", actor=reader)
    await ask(MUTE, actor=citizen, app=APP)
    await send(ask, citizen, key="unheard")

    muted = await ask("{ unreadNotices notices { edges { node { title } } } }", actor=reader)

    assert heard == muted == {"data": {"unreadNotices": 0, "notices": {"edges": []}}}
    assert len(await titles(citizen)) == 1


async def test_an_agent_changes_nothing_of_whom_the_principal_wants_to_hear(ask, citizen):
    await ask(MUTE, actor=citizen, app=APP)
    agent = replace(citizen, person_id=new_id(), delegation_id=new_id(), mandate_kind=MandateKind.AGENT)

    answers = [await ask(verb, actor=agent, app=APP) for verb in (UNMUTE, MUTE)]

    assert {code_of(each) for each in answers} == {OwnConsentNeeded.code}
    assert await queries.is_muted(citizen.acting_for, APP)


async def test_muting_what_one_never_met_leaves_nothing(ask, citizen):
    assert await ask(MUTE, actor=citizen, app="never-app") == {"data": {"muteMiniApp": []}}
    assert await ask(MUTE, actor=as_citizen(), app=APP) == {"data": {"muteMiniApp": []}}
    assert code_of(await ask(MUTE, actor=citizen, app="no id")) == "INVALID_INPUT"


async def test_withdrawing_and_switching_off_stop_it(ask, citizen):
    await consents.withdraw(citizen, APP, now=NOON)
    withdrawn = await send(ask, citizen)
    await consents.grant(citizen, APP, AGREED, now=NOON)
    await releases.switch_off(as_operator(), SwitchKind.APP, APP, reason="核查", notice="暂停使用", now=NOON)
    switched_off = await send(ask, citizen)

    assert withdrawn["errors"][0]["extensions"] | {"requestId": ""} == {
        "code": "APP_CONSENT_NEEDED", "data": {"scope": "notices:send"}, "requestId": "",
    }  # fmt: skip
    assert code_of(switched_off) == "APP_NOT_FOUND"
    assert await titles(citizen) == []


async def a_credential(client_id: str) -> tuple[str, str]:
    row = OidcClient(
        client_id=client_id, name="租房提取", operator="示例科技", auth_method=AuthMethod.BASIC,
        profile=Profile.OIDC, redirect_uris=[], post_logout_uris=[], scopes="{}", resources=[], serves=[],
        created_at=NOON,
    )  # fmt: skip
    secret = await clients.add(row, now=NOON)
    assert secret is not None
    return client_id, secret


async def later(client, citizen, *, auth, key="1", sub=None):
    letter = LETTER | {"sub": sub or subjects.pairwise_sub(APP, citizen.acting_for), "key": key}
    return await client.post("/apps/notices", json=letter, auth=auth)


async def test_a_back_end_writes_later_by_its_own_credential(client, citizen):
    auth = await a_credential(APP)
    sent = await later(client, citizen, auth=auth)
    again = await later(client, citizen, auth=auth)

    assert (sent.status_code, sent.json()["key"]) == (200, "1")
    assert again.json() == sent.json()
    assert await titles(citizen) == ["【租房提取】材料已收到"]


async def test_whom_it_does_not_know_and_who_did_not_agree_are_one_to_it(client, citizen):
    auth, sandbox = await a_credential(APP), await a_credential(f"{APP}--sandbox")
    stranger = as_citizen(session_id=new_id())
    await consents.grant(stranger, APP, SCOPES, now=NOON)

    answers = [
        await later(client, citizen, auth=auth, sub="0" * 32),
        await later(client, citizen, auth=auth, sub=subjects.pairwise_sub("other-app", citizen.acting_for)),
        await later(client, stranger, auth=auth),
        await later(client, citizen, auth=sandbox),
    ]

    told = [answer.json()["errors"][0] for answer in answers]
    assert {answer.status_code for answer in answers} == {403}
    assert {each["extensions"]["code"] for each in told} == {"APP_CONSENT_NEEDED"}
    assert len({each["message"] for each in told}) == 1
    wrong = await later(client, citizen, auth=(APP, "wrong"))
    assert (wrong.status_code, wrong.json()["errors"][0]["extensions"]["code"]) == (401, "NOT_SIGNED_IN")


async def test_a_credential_that_asks_for_nobody_is_counted(client, citizen, monkeypatch):
    monkeypatch.setattr("miniapps.gateway.service._writing.A_MINUTE", 2)
    auth = await a_credential(APP)

    answers = [await later(client, citizen, auth=auth, sub="0" * 32) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [403, 403, 429]


async def test_what_stops_a_token_stops_the_credential(client, citizen):
    auth = await a_credential(APP)
    await halts.halt_scope(Scope.NOTICES_SEND, now=NOON)
    halted = await later(client, citizen, auth=auth)
    await halts.free_scope(Scope.NOTICES_SEND)
    await consents.withdraw(citizen, APP, only=[Scope.NOTICES_SEND], now=NOON)
    given_back = await later(client, citizen, auth=auth)
    await consents.grant(citizen, APP, AGREED, now=NOON)
    fine = await later(client, citizen, auth=auth)
    await releases.switch_off(as_operator(), SwitchKind.APP, APP, reason="核查", notice="暂停使用", now=NOON)
    switched_off = await later(client, citizen, auth=auth, key="2")

    statuses = [answer.status_code for answer in (halted, given_back, fine, switched_off)]
    assert statuses == [403, 403, 200, 404]


async def test_standing_lets_write_and_nothing_else(citizen):
    sub = subjects.pairwise_sub(APP, citizen.acting_for)

    actor = await tokens.standing(APP, sub, Scope.NOTICES_SEND, now=NOON)

    assert actor is not None
    assert (actor.acting_for, actor.app_id, actor.session_id) == (citizen.acting_for, APP, None)
    assert actor.scopes == {Scope.NOTICES_SEND}
    assert await tokens.standing(APP, sub, Scope.MATERIALS_READ, now=NOON) is None
