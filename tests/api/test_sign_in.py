"""Signing in and out over HTTP, and oneself over GraphQL."""

import pytest

from identity import accounts, consents, keys, sandbox, seed, subjects, tokens
from identity.actor import Actor
from identity.sandbox import BY_KEY
from identity.settings import SignInSettings
from storage import clock
from storage.db import fetch
from tests.api.conftest import NOON, serving, some_settings
from tests.identity.factories import WANG, WU, a_form, make_session
from tests.identity.test_tokens import APP, CASES

VIEWER = "{ viewer { id name number phone level region roles scopes posts { role department { name } } } }"


async def enter(client, **changes: str):
    return await client.post("/session", json={"method": "face", **a_form(**changes)})


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


async def test_citizen_signs_in_and_out(client):
    entered = await enter(client)
    body = entered.json()
    out = await client.delete("/session", headers=bearer(body["token"]))
    again = await client.delete("/session", headers=bearer(body["token"]))

    assert entered.status_code == 201
    assert body["viewer"]["name"] == "王芳"
    assert body["viewer"]["roles"] == ["citizen"]
    assert body["viewer"]["acting_for"] == "王芳"
    assert body["expires_at"]
    assert "set-cookie" not in entered.headers
    assert out.status_code == 204
    assert (again.status_code, again.json()["errors"][0]["extensions"]["code"]) == (401, "NOT_SIGNED_IN")


async def test_clerk_signs_in_to_his_department(client, sign_in):
    await sign_in("clerk_health")  # appoints him
    clerk = BY_KEY["clerk_health"]

    body = (await enter(client, id_number=clerk.number, name=clerk.name, acting_as="clerk")).json()

    assert body["viewer"]["roles"] == ["clerk"]
    assert "desk:write" in body["viewer"]["scopes"]
    assert body["viewer"]["acting_for"] == "330106 health"
    assert [post["role"] for post in body["viewer"]["posts"]] == ["clerk"]


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"name": "王方"}, 401, "NOT_VERIFIED"),
        ({"name": ""}, 422, "INVALID_INPUT"),
        ({"face": ""}, 422, "INVALID_INPUT"),
        ({"id_number": "330199199004121020"}, 422, "NUMBER_CHECKSUM"),
        ({"id_number": "1"}, 422, "NUMBER_LENGTH"),
        ({"id_number": BY_KEY["qian_duo"].number, "name": "钱多"}, 503, "UNAVAILABLE"),
        ({"acting_as": "clerk"}, 403, "POST_NOT_HELD"),
        ({"name": "王" * 201}, 422, "INVALID_INPUT"),
    ],
)
async def test_refusals_have_their_status_and_code(client, changes, status, code):
    answer = await enter(client, **changes)

    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (status, code)
    assert WANG.number not in answer.text


async def test_unknown_and_wrong_get_the_same_answer(client):
    nobody = sandbox.citizen(1).number
    answers = [
        await enter(client, name="王方"),
        await enter(client, face="no"),
        await enter(client, id_number=nobody),
    ]

    bodies = [answer.json()["errors"][0] for answer in answers]
    for body in bodies:
        del body["extensions"]["requestId"]
    assert bodies[0] == bodies[1] == bodies[2]
    assert {answer.status_code for answer in answers} == {401}


async def test_form_of_another_site_is_not_read(client):
    answer = await client.post("/session", data={"method": "face", **a_form()})

    assert answer.status_code == 415


async def test_locked_number_is_told_when_to_come_back(client):
    for _ in range(5):
        await enter(client, name="王方")

    locked = await enter(client)

    assert locked.status_code == 429
    assert locked.json()["errors"][0]["message"].endswith("请 15 分钟后再试。")


async def test_claimed_addresses_give_no_extra_tries(client):
    statuses = []
    for number in range(12):
        headers = {"x-forwarded-for": f"198.51.100.{number}", "x-real-ip": f"198.51.100.{number}"}
        statuses.append((await client.post("/session", json=a_form(), headers=headers)).status_code)

    rows = await fetch("SELECT failures FROM sign_in_failure")
    assert statuses[0] == 401
    assert statuses[5:] == [429] * 7
    assert rows == [{"failures": 5}]


async def test_one_address_counts_as_one_whatever_it_claims(client):
    accounts.configure(SignInSettings(address_capacity=3, address_per_s=0.001))
    statuses = []
    for number in range(6):
        citizen = sandbox.citizen(number)
        claim = {"x-forwarded-for": f"198.51.100.{number}", "forwarded": f"for=198.51.100.{number}"}
        form = {"method": "face", **a_form(id_number=citizen.number, name=citizen.name)}
        statuses.append((await client.post("/session", json=form, headers=claim)).status_code)
    accounts.configure(SignInSettings())

    assert statuses == [201] * 3 + [429] * 3


async def test_sandbox_names_its_persons_with_what_to_send(client):
    told = (await client.get("/sandbox/personas")).json()
    drawn = (await client.get("/sandbox/citizens/7")).json()

    for persona in (told[0], drawn):
        assert (await client.post("/session", json=persona["sign_in"])).status_code == 201
    assert len(told) == len(sandbox.ALL)
    assert drawn["number"] == sandbox.citizen(7).number
    assert (await client.get("/sandbox/citizens/-1")).status_code == 422


async def test_nobody_is_told_of_personas_without_the_sandbox():
    async with serving(some_settings(clock="system", verifier="none")) as server:
        answers = [await server.get(path) for path in ("/sandbox/personas", "/sandbox/citizens/1")]

    assert [answer.status_code for answer in answers] == [404, 404]


async def test_mini_app_cannot_end_the_session(client):
    _, actor = await make_session(now=await clock.now())
    token = await tokens.issue(actor, APP, set(), now=await clock.now())

    answer = await client.delete("/session", headers=bearer(token))

    assert answer.status_code == 401


async def test_clerk_sees_for_whom_he_acts_in_few_statements(db, ask):
    await seed.seed(now=NOON, personas=True)
    _, actor = await make_session(BY_KEY["clerk_health"], acting_as="clerk")
    keys.forget(actor.person_id)
    db.clear()

    answer = await ask("{ viewer { actingFor { name } posts { department { name } } } }", actor=actor)

    office = {"name": "杭州市西湖区卫生健康局"}
    assert answer["data"]["viewer"] == {"actingFor": office, "posts": [{"department": office}]}
    assert len(db) <= 4  # himself, his posts, and their offices at one or two levels


async def test_viewer_sees_himself(db, ask):
    _, actor = await make_session()

    seen = (await ask(VIEWER, actor=actor))["data"]["viewer"]

    assert (seen["name"], seen["level"], seen["roles"]) == ("王芳", 3, ["citizen"])
    assert seen["number"].count("*") == 16
    assert seen["posts"] == []


async def test_visitor_has_no_viewer(ask):
    answer = await ask(VIEWER)

    assert answer["errors"][0]["extensions"]["code"] == "NOT_SIGNED_IN"


async def test_mini_app_sees_its_own_subject_for_the_person(db, ask):
    app = await an_app("profile:read")

    seen = (await ask("{ viewer { id name number actingFor { name } } }", actor=app))["data"]["viewer"]

    assert seen["id"].replace("-", "") == subjects.pairwise_sub(APP, app.person_id)
    assert (seen["name"], seen["number"], seen["actingFor"]) == ("王*", None, None)


async def test_mini_app_may_not_touch_sessions_or_consents(db, ask):
    app = await an_app()

    for text in (
        "{ sessions { edges { node { id } } } }",
        "{ consents { appId } }",
        "{ accesses { edges { cursor } } }",
    ):
        answer = await ask(text, actor=app)
        assert answer["errors"][0]["extensions"]["code"] == "SCOPE_MISSING"


async def test_sessions_are_listed_with_the_current_one_marked_in_one_statement(db, ask):
    await make_session()
    _, actor = await make_session()
    db.clear()

    answer = await ask(
        "{ sessions { edges { node { current device method actingAs level } } } }", actor=actor
    )

    nodes = [edge["node"] for edge in answer["data"]["sessions"]["edges"]]
    assert [node["current"] for node in nodes] == [True, False]
    assert nodes[0] == {
        "current": True,
        "device": "电话",
        "method": "face",
        "actingAs": "citizen",
        "level": 3,
    }
    assert len(db) == 1


async def test_sessions_are_revoked_one_by_one_and_together(db, ask):
    _, first = await make_session()
    await make_session()
    _, actor = await make_session()
    _, foreign = await make_session(WU)
    revoke = "mutation ($id: UUID!) { revokeSession(id: $id) { id } }"

    one = await ask(revoke, actor=actor, id=str(first.session_id))
    others = await ask("mutation { revokeOtherSessions }", actor=actor)
    refused = await ask(revoke, actor=actor, id=str(foreign.session_id))

    assert one["data"]["revokeSession"]["id"] == str(first.session_id)
    assert others["data"]["revokeOtherSessions"] == 1
    assert refused["errors"][0]["extensions"]["code"] == "SESSION_NOT_FOUND"


async def test_member_of_staff_changes_context_with_a_new_token(client, sign_in):
    token = await sign_in("clerk_health")
    change = 'mutation { actAs(actingAs: "citizen") { token viewer { roles actingFor { name } } } }'

    answer = await client.post("/graphql", json={"query": change}, headers=bearer(token))
    old = await client.post("/graphql", json={"query": VIEWER}, headers=bearer(token))
    changed = answer.json()["data"]["actAs"]
    new = await client.post("/graphql", json={"query": VIEWER}, headers=bearer(changed["token"]))

    assert changed["viewer"] == {"roles": ["citizen"], "actingFor": None}
    assert old.json()["errors"][0]["extensions"]["code"] == "NOT_SIGNED_IN"
    (post,) = new.json()["data"]["viewer"]["posts"]
    assert post == {"role": "clerk", "department": {"name": "330106 health"}}


async def test_citizen_sees_who_looked_at_his_data(client, db, ask, sign_in):
    await sign_in("clerk_health")
    _, actor = await make_session(now=await clock.now())
    text = "{ accesses(first: 5) { edges { node { act byMyself department { name } } } } }"

    answer = await ask(text, actor=actor)

    (edge,) = answer["data"]["accesses"]["edges"]
    assert edge["node"] == {"act": "session.open", "byMyself": True, "department": None}


async def test_consents_are_seen_and_withdrawn(db, ask):
    _, actor = await make_session()
    await consents.grant(actor, APP, CASES, now=NOON)

    seen = await ask("{ consents { appId scopes } }", actor=actor)
    left = await ask('mutation { withdrawConsent(appId: "food-licence") { appId } }', actor=actor)

    assert seen["data"]["consents"] == [{"appId": APP, "scopes": ["cases:read", "cases:write"]}]
    assert left["data"]["withdrawConsent"] == []


async def an_app(scope: str = "cases:read") -> Actor:
    _, actor = await make_session()
    await consents.grant(actor, APP, {scope}, now=NOON)
    app = await tokens.actor_of(await tokens.issue(actor, APP, {scope}, now=NOON), now=NOON)
    assert app is not None
    return app
