"""What a client is told of a person: as much as was agreed, as long as it is, and each time written down."""

import json
from collections import Counter
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from identity.entering import Caller
from identity.methods import network_id
from identity.methods.network_id import PROVINCE
from identity.oidc import requests
from identity.oidc.telling import compared
from identity.sandbox import BY_KEY, FIRM_BY_KEY
from storage import clock
from storage.db import execute, fetch
from tests.api.oidc.conftest import actor_of
from tests.api.oidc.relying import Browser, add, payload_of, query_of
from tests.identity.mandated import enter_with_token, link

WANG = BY_KEY["wang_fang"]
FACTS = "profile.name profile.name.full phone idcard.verify idcard.number corp"
ASKED = ["idcard.verify.over_18", f"idcard.verify.resident_of:{PROVINCE}", "idcard.verify.same_person"]


async def by_network_id() -> str:
    """The token of somebody known by a 网证 only."""
    caller, now = Caller(address="192.0.2.1", device="x"), await clock.now()
    return (await network_id.sign_in({"credential": "wz-wang_fang"}, caller=caller, now=now)).token


async def told(rp, code) -> dict:
    given = (await rp.redeem(code)).json()
    return (await rp.userinfo(given["access_token"])).json()


async def test_each_scope_tells_what_it_names(client, code_for):
    rp = await add(
        client,
        number_basis="《居民身份证法》",
        scopes={"idcard.number": "签约", "profile.name.full": "", "phone": "", "corp": ""},
    )

    found = await told(rp, await code_for(rp, scope="openid idcard.number profile.name.full phone corp"))

    assert found.pop("sub")
    phone = f"+86{WANG.phone}"
    assert found == {
        "id_number": WANG.number, "name": WANG.name, "corp": None,
        "phone_number": phone, "phone_number_verified": True,
    }  # fmt: skip
    rows = await fetch("SELECT object, basis, app_id FROM audit_row WHERE act = 'claims.release'")
    assert rows == [
        {
            "object": f"client/{rp.client_id}",
            "basis": "profile.name.full,phone,idcard.number,corp",
            "app_id": rp.client_id,
        }
    ]


async def test_two_clients_know_a_person_by_two_subjects(client, code_for):
    one, two = await add(client), await add(client)

    subjects = {(await told(rp, await code_for(rp, scope="openid")))["sub"] for rp in (one, two)}

    assert len(subjects) == 2


async def test_predicates_answer_and_never_tell(client, code_for):
    rp = await add(client)
    asked = {"userinfo": {"over_18": None, "over_65": None, "resident_of": {"value": WANG.region[:4] + "00"}}}

    found = await told(rp, await code_for(rp, scope="openid idcard.verify", claims=json.dumps(asked)))

    found.pop("sub")
    assert found == {"over_18": True, "over_65": False, "resident_of": True}
    other = {"userinfo": {"resident_of": {"value": "110000"}}}
    found = await told(rp, await code_for(rp, scope="openid", claims=json.dumps(other)))
    assert found["resident_of"] is False


async def test_the_scope_alone_asks_whether_of_age(client, code_for):
    rp = await add(client)

    assert (await told(rp, await code_for(rp, scope="openid idcard.verify")))["over_18"] is True


@pytest.mark.parametrize(("number", "answer"), [(WANG.number, True), (BY_KEY["li_wei"].number, False)])
async def test_whether_it_is_the_same_person_is_asked_by_a_hash_in_a_pushed_request(
    client, code_for, number, answer
):
    rp = await add(client, "fapi2")
    asked = {"id_token": {"same_person": {"value": compared(rp.client_id, number)}}}

    given = (await rp.redeem(await code_for(rp, scope="openid", claims=json.dumps(asked)))).json()

    assert payload_of(given["id_token"])["same_person"] is answer
    assert "same_person" not in (await rp.userinfo(given["access_token"])).json()


async def test_too_many_different_questions_are_refused_and_the_same_one_is_free(client, agree):
    rp = await add(client)

    async def ask(region: str) -> dict[str, str]:
        asked = {"userinfo": {"resident_of": {"value": region}}}
        return await agree(rp.request(scope="openid", claims=json.dumps(asked)))

    for number in range(10):
        assert "code" in await ask(f"3301{number:02d}")
    assert "code" in await ask("330100")
    assert (await ask("330110"))["error"] == "access_denied"
    [row] = await fetch("SELECT count(*) FROM oidc_question")
    assert row["count"] == 10


async def test_claims_that_are_not_the_clients_to_ask_are_ignored(client, code_for):
    rp = await add(client, scopes={"profile.name": ""})
    asked = {
        "userinfo": {"phone_number": None, "id_number": {"essential": True}, "over_18": None, "email": None}
    }

    found = await told(rp, await code_for(rp, scope="openid profile email", claims=json.dumps(asked)))

    assert found.keys() == {"sub"}


async def test_what_is_taken_out_of_a_consent_is_told_no_longer(client, code_for):
    rp = await add(client)
    given = (await rp.redeem(await code_for(rp))).json()
    await code_for(rp, keys={"profile.name"}, prompt="consent")

    found = (await rp.userinfo(given["access_token"])).json()

    assert found.keys() == {"sub", "name"}


async def test_a_level_that_has_fallen_tells_less(client, code_for, token):
    rp = await add(client)
    given = (await rp.redeem(await code_for(rp, scope="openid profile.name.full phone"))).json()
    actor = await actor_of(token)
    await execute("UPDATE person SET level = 1 WHERE id = $1", actor.person_id)

    found = (await rp.userinfo(given["access_token"])).json()

    assert found.keys() == {"sub", "phone_number", "phone_number_verified"}


async def test_an_essential_acr_is_answered_in_the_clients_own_words(client, code_for):
    rp = await add(client)
    acr = {"essential": True, "values": ["urn:banshi:level:2", "urn:banshi:level:1"]}

    given = (await rp.redeem(await code_for(rp, claims=json.dumps({"id_token": {"acr": acr}})))).json()

    assert payload_of(given["id_token"])["acr"] == "urn:banshi:level:2"


async def test_userinfo_takes_tokens_in_the_header_only(client, code_for):
    rp = await add(client)
    given = (await rp.redeem(await code_for(rp))).json()
    access = given["access_token"]

    in_query = await client.get(f"/oauth/userinfo?{urlencode({'access_token': access})}")
    in_body = await client.post("/oauth/userinfo", data={"access_token": access})
    posted = await rp.userinfo(access, "POST")
    as_id_token = await rp.userinfo(given["id_token"])
    as_refresh = await rp.userinfo(given["refresh_token"])

    assert [answer.status_code for answer in (in_query, in_body, as_id_token, as_refresh)] == [401] * 4
    assert posted.status_code == 200
    assert as_refresh.headers["www-authenticate"].startswith('Bearer error="invalid_token"')
    assert "error=" not in in_query.headers["www-authenticate"]


async def test_an_access_token_ends_after_ten_minutes(client, code_for):
    rp = await add(client)
    given = (await rp.redeem(await code_for(rp))).json()

    await execute("UPDATE app_token SET expires_at = $1", await clock.now())

    assert (await rp.userinfo(given["access_token"])).status_code == 401


async def test_of_a_pseudonym_no_name_is_told_and_no_question_answered(client):
    rp = await add(client, number_basis="《居民身份证法》", scopes=dict.fromkeys(FACTS.split(), ""))
    region = {"resident_of": {"value": PROVINCE}, "same_person": {"value": "0" * 64}, "over_60": None}
    asked = json.dumps({"userinfo": region, "id_token": {"name": None, "over_18": None}})
    token = await by_network_id()
    browser = Browser(client, token)
    sent = rp.request(scope=f"openid {FACTS}", claims=asked)
    sent = {"client_id": rp.client_id, "request_uri": await rp.push(**sent)}
    waiting = query_of(await browser.get("/oauth/authorize", sent))["request"]
    actor, now = await actor_of(token), await clock.now()
    page = await requests.look(actor, waiting, visitor=browser.visitor, now=now)
    everything = {*FACTS.split(), "idcard.verify.over_18"}
    url = await requests.grant(actor, waiting, everything, visitor=browser.visitor, now=now)
    given = (await rp.redeem(dict(parse_qsl(urlsplit(url).query))["code"])).json()

    assert [claim.key for claim in page.claims] == ["openid", "corp"]
    assert len(page.withheld) == 8 and all(each.basis for each in page.withheld)
    assert given["scope"] == "openid corp"
    assert "网络身份" not in json.dumps(payload_of(given["id_token"]), ensure_ascii=False)
    assert not {"name", "over_18"} & payload_of(given["id_token"]).keys()
    assert (await rp.userinfo(given["access_token"])).json().keys() == {"sub", "corp"}


async def test_a_grant_of_facts_that_a_pseudonym_has_not_is_answered_by_null(client):
    rp, token = await add(client), await by_network_id()
    browser = Browser(client, token)
    waiting = query_of(await browser.get("/oauth/authorize", rp.request(scope="openid corp")))["request"]
    url = await requests.grant(
        await actor_of(token), waiting, ["corp"], visitor=browser.visitor, now=await clock.now()
    )
    keys = ["profile.name.full", "phone", "idcard.number", *ASKED]
    await execute("UPDATE consent SET claims = $1", ["openid", *keys])
    await execute(
        "UPDATE oidc_grant SET userinfo = $1, id_token = $1, scopes = $2", keys, ["openid", *FACTS.split()]
    )
    given = (await rp.redeem(dict(parse_qsl(urlsplit(url).query))["code"])).json()

    nothing = {"over_18": None, "resident_of": None, "same_person": None}
    known = (await rp.userinfo(given["access_token"])).json()
    assert known == {"sub": known["sub"], **nothing}
    told = payload_of(given["id_token"])
    assert {name: told[name] for name in nothing} == nothing
    assert not {"name", "phone_number", "id_number"} & told.keys()
    rows = await fetch("SELECT DISTINCT basis FROM audit_row WHERE act = 'claims.release'")
    assert rows == [{"basis": ",".join(ASKED)}]


async def test_corp_is_the_firm_that_the_sign_in_acts_for(client):
    rp, now = await add(client, scopes={"corp": ""}), await clock.now()
    mandate, asked = await link(now=now), rp.request(scope="openid corp")
    own, himself = await enter_with_token("lin_hai", "citizen", now=now)
    browser = Browser(client, own)
    waiting = query_of(await browser.get("/oauth/authorize", asked))["request"]
    url = await requests.grant(himself, waiting, ["corp"], visitor=browser.visitor, now=await clock.now())
    assert (await told(rp, dict(parse_qsl(urlsplit(url).query))["code"]))["corp"] is None
    by_mandate, _ = await enter_with_token("lin_hai", f"mandate:{mandate.id}", now=now)

    back = query_of(await Browser(client, by_mandate).get("/oauth/authorize", asked))
    given = (await rp.redeem(back["code"])).json()
    found = (await rp.userinfo(given["access_token"])).json()
    await execute("UPDATE mandate SET state = 'revoked'")
    later = await rp.userinfo(given["access_token"])
    refreshed = await rp.refresh(given["refresh_token"])

    firm = FIRM_BY_KEY["qingshan"].facts
    assert found["corp"] == {"name": firm.name, "credit_code": firm.code}
    assert later.status_code == 401
    assert refreshed.json()["error"] == "invalid_grant"


async def test_rows_of_a_sign_in_by_a_mandate_say_for_whom_and_stand_under_both(client):
    rp, now = await add(client, scopes={"corp": ""}), await clock.now()
    mandate = await link(now=now)
    asked = rp.request(scope="openid corp", claims=json.dumps({"id_token": {"corp": None}}))
    own, himself = await enter_with_token("lin_hai", "citizen", now=now)
    browser = Browser(client, own)
    waiting = query_of(await browser.get("/oauth/authorize", asked))["request"]
    await requests.grant(himself, waiting, ["corp"], visitor=browser.visitor, now=await clock.now())
    by_mandate, _ = await enter_with_token("lin_hai", f"mandate:{mandate.id}", now=now)
    await execute("DELETE FROM outbox")
    begun = (await fetch("SELECT max(id::text)::uuid AS id FROM audit_row"))[0]["id"]

    back = query_of(await Browser(client, by_mandate).get("/oauth/authorize", asked))
    given = (await rp.redeem(back["code"])).json()
    await rp.userinfo(given["access_token"])
    refreshed = (await rp.refresh(given["refresh_token"])).json()
    await rp.refresh(given["refresh_token"])

    assert payload_of(refreshed["id_token"])["corp"]["name"] == FIRM_BY_KEY["qingshan"].facts.name
    rows = await fetch("SELECT * FROM audit_row WHERE id > $1", begun)
    parties, acts = {himself.person_id, mandate.party_id}, Counter(row["act"] for row in rows)
    assert acts == {
        "oidc.code": 2, "oidc.token": 4, "claims.release": 6, "oidc.refresh_reused": 2,
    }  # fmt: skip
    assert {(row["act"], row["party_id"]) for row in rows} == {
        (act, each) for act in acts for each in parties
    }
    assert {(row["person_id"], row["acting_for"], row["delegation_id"]) for row in rows} == {
        (himself.person_id, mandate.party_id, mandate.id)
    }
    told = await fetch("SELECT DISTINCT party_id, payload ->> 'act' AS act FROM outbox")
    assert {(row["party_id"], row["act"]) for row in told} == {
        (mandate.party_id, "claims.release"), (mandate.party_id, "oidc.refresh_reused"),
    }  # fmt: skip
