"""What a client is told of a person: as much as was agreed, as long as it is, and each time written down."""

import json
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from identity.oidc import requests
from identity.oidc.telling import compared
from identity.sandbox import BY_KEY, FIRM_BY_KEY
from storage import clock
from storage.db import execute, fetch
from tests.api.oidc.conftest import actor_of
from tests.api.oidc.relying import Browser, add, payload_of, query_of
from tests.identity.mandated import enter_with_token, link

WANG = BY_KEY["wang_fang"]


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
