"""Signing in by other ways than a form, over HTTP; stepping up; and my ways to sign in, over GraphQL."""

from dataclasses import replace

import httpx
import pytest

from identity import methods, sessions
from identity.methods import qr
from identity.sandbox import BY_KEY
from identity.settings import SessionSettings
from storage.db import execute, fetch
from tests.identity.authenticator import Authenticator
from tests.identity.factories import WANG, a_form, code_sent, make_session

VIEWER = "{ viewer { name number level roles } }"
ORIGIN = "http://127.0.0.1:8000"


@pytest.fixture(autouse=True)
def settings_again():
    yield
    sessions.configure(SessionSettings())


async def post(client: httpx.AsyncClient, path: str, body: object, token: str = "") -> httpx.Response:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    return await client.post(path, json=body, headers=headers)


def code_of(answer: httpx.Response) -> str:
    return str(answer.json()["errors"][0]["extensions"]["code"])


async def viewer(client: httpx.AsyncClient, token: str) -> dict:
    return (await post(client, "/graphql", {"query": VIEWER}, token)).json()["data"]["viewer"]


async def passkey_of(client: httpx.AsyncClient, token: str) -> Authenticator:
    device = Authenticator(origin=ORIGIN, rp_id="127.0.0.1")
    begun = (await post(client, "/passkeys/options", {}, token)).json()
    body = {"id": begun["id"], "credential": device.create(begun["options"]), "name": "手机"}
    added = await post(client, "/passkeys", body, token)
    assert (added.status_code, added.json()["name"], added.json()["level"]) == (201, "手机", 3)
    return device


async def enter_by(client: httpx.AsyncClient, device: Authenticator, token: str = "", **rest: str):
    begun = (await post(client, "/session/passkey/options", {})).json()
    body = {"id": begun["id"], "credential": device.get(begun["options"]), **rest}
    return await post(client, "/session/passkey", body, token)


async def test_the_ways_are_offered_with_their_fields_in_order(client):
    told = (await client.get("/session/methods")).json()

    assert [each["name"] for each in told] == ["face", "sms", "passkey", "qr", "network_id"]
    by_name = {each["name"]: each for each in told}
    assert [field["name"] for field in by_name["sms"]["fields"]] == ["id_number", "name", "code"]
    assert by_name["sms"]["needs_send"] and by_name["passkey"]["needs_script"]
    assert {each["level"] for each in told} == {2, 3}
    assert methods.BY_NAME.keys() == by_name.keys()


async def test_a_code_is_sent_read_and_signs_in(client):
    sent = await post(client, "/session/sms", {"id_number": WANG.number, "name": WANG.name})
    messages = (await client.get("/sandbox/sms")).json()
    entered = await post(client, "/session", {"method": "sms", **a_form(code=await code_sent())})

    assert sent.status_code == 202
    assert messages[0]["phone"] == WANG.phone
    assert (entered.status_code, entered.json()["viewer"]["level"]) == (201, 2)


async def test_asking_for_a_code_is_answered_alike_for_known_and_unknown(client):
    nobody = BY_KEY["zhao_min"]  # his name never matches
    answers = [
        await post(client, "/session/sms", {"id_number": who.number, "name": who.name})
        for who in (WANG, nobody)
    ]

    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].json().keys() == answers[1].json().keys()
    assert len(answers[0].content) == len(answers[1].content)


async def test_a_desktop_is_let_in_by_a_phone(client, sign_in):
    phone = await sign_in("wang_fang")
    begun = (await post(client, "/session/qr", {"device": "自助机"})).json()
    secret = {"secret": begun["secret"], "device": "自助机"}
    waiting = await post(client, f"/session/qr/{begun['id']}/session", secret)
    headers = {"authorization": f"Bearer {phone}"}
    asked = (await client.get(f"/session/qr/{begun['id']}", headers=headers)).json()
    ok = await post(client, f"/session/qr/{begun['id']}/approval", {"number": begun["number"]}, phone)
    entered = await post(client, f"/session/qr/{begun['id']}/session", secret)

    assert (waiting.status_code, waiting.json()) == (200, {"state": "waiting"})
    assert asked["device"] == "自助机" and begun["number"] in asked["numbers"] and asked["is_near"]
    assert ok.status_code == 204
    assert entered.json()["state"] == "finished"
    assert (await viewer(client, entered.json()["token"]))["name"] == "王芳"
    assert begun["poll_s"] == qr.POLL_S


async def test_a_phone_keeps_a_device_out(client, sign_in):
    phone = await sign_in("wang_fang")
    begun = (await post(client, "/session/qr", {})).json()
    await client.get(f"/session/qr/{begun['id']}", headers={"authorization": f"Bearer {phone}"})

    refused = await post(client, f"/session/qr/{begun['id']}/refusal", {}, phone)
    told = await post(client, f"/session/qr/{begun['id']}/session", {"secret": begun["secret"]})

    assert refused.status_code == 204
    assert told.json() == {"state": "refused"}


async def test_a_passkey_is_added_listed_renamed_used_and_removed(client, sign_in):
    token = await sign_in("wang_fang")
    device = await passkey_of(client, token)
    listed = await post(client, "/graphql", {"query": "{ passkeys { id name synced lastUsedAt } }"}, token)
    [key] = listed.json()["data"]["passkeys"]
    rename = f'mutation {{ renamePasskey(id: "{key["id"]}", name: "新手机") {{ name }} }}'
    renamed = await post(client, "/graphql", {"query": rename}, token)
    entered = await enter_by(client, device)
    remove = f'mutation {{ removePasskey(id: "{key["id"]}") {{ id name }} }}'
    removed = await post(client, "/graphql", {"query": remove}, token)
    gone = await enter_by(client, device)

    assert (key["name"], key["synced"], key["lastUsedAt"]) == ("手机", False, None)
    assert renamed.json()["data"]["renamePasskey"]["name"] == "新手机"
    assert (entered.status_code, entered.json()["viewer"]["name"]) == (201, "王芳")
    assert removed.json()["data"]["removePasskey"] == {"id": key["id"], "name": "新手机"}
    assert (gone.status_code, code_of(gone)) == (401, "NOT_VERIFIED")


async def test_a_refusal_for_want_of_freshness_says_how_to_step_up(client, sign_in):
    token = await sign_in("wang_fang")
    await execute("UPDATE session SET level = 1")

    answer = await post(client, "/passkeys/options", {}, token)

    assert (answer.status_code, code_of(answer)) == (401, "STEP_UP_NEEDED")
    assert answer.headers["www-authenticate"] == (
        'Bearer realm="banshi", error="insufficient_user_authentication",'
        ' acr_values="urn:banshi:level:2", max_age=600'
    )
    stepped = await post(client, "/session", {"method": "face", **a_form()}, token)
    assert (await post(client, "/passkeys/options", {}, stepped.json()["token"])).status_code == 200
    assert len(await fetch("SELECT 1 FROM session")) == 1


async def test_graphql_says_in_its_refusal_how_to_step_up(db, ask):
    _, actor = await make_session()
    weak = replace(actor, level=1)
    answer = await ask(
        'mutation { linkNetworkIdentity(credential: "wz-wang_fang") { linkedAt } }', actor=weak
    )

    [error] = answer["errors"]
    assert error["extensions"]["code"] == "STEP_UP_NEEDED"
    assert error["extensions"]["data"] == {"acr_values": "urn:banshi:level:2", "max_age": "600"}


async def test_signing_in_with_a_live_token_steps_the_same_session_up(client):
    await post(client, "/session/sms", {"id_number": WANG.number, "name": WANG.name})
    weak = (await post(client, "/session", {"method": "sms", **a_form(code=await code_sent())})).json()

    strong = (await post(client, "/session", {"method": "face", **a_form()}, weak["token"])).json()
    old = await post(client, "/graphql", {"query": VIEWER}, weak["token"])

    assert (await viewer(client, strong["token"]))["level"] == 3
    assert code_of(old) == "NOT_SIGNED_IN"
    assert len(await fetch("SELECT 1 FROM session")) == 1


async def test_a_clerk_acts_in_his_post_after_proof_and_passkey(client, sign_in):
    await sign_in("clerk_health")  # appoints him
    who = BY_KEY["clerk_health"]
    sessions.configure(SessionSettings(staff_second_factor=True))
    form = {"method": "face", "id_number": who.number, "name": who.name, "face": "ok"}
    act_as = {"query": 'mutation { actAs(actingAs: "clerk") { viewer { roles } } }'}

    direct = await post(client, "/session", {**form, "acting_as": "clerk"})
    token = (await post(client, "/session", form)).json()["token"]
    single = await post(client, "/graphql", act_as, token)
    device = await passkey_of(client, token)
    token = (await enter_by(client, device, token)).json()["token"]
    both = await post(client, "/graphql", act_as, token)

    assert (direct.status_code, code_of(direct)) == (403, "SECOND_FACTOR_NEEDED")
    assert code_of(single) == "SECOND_FACTOR_NEEDED"
    assert both.json()["data"]["actAs"]["viewer"]["roles"] == ["clerk"]


async def test_a_pseudonym_sees_itself_and_is_linked_by_an_act(client, sign_in):
    entered = (await post(client, "/session/network-id", {"credential": "wz-wang_fang"})).json()
    seen = await viewer(client, entered["token"])
    account = await sign_in("wang_fang")
    link = {"query": 'mutation { linkNetworkIdentity(credential: "wz-wang_fang") { linkedAt } }'}
    linked = await post(client, "/graphql", link, account)
    again = (await post(client, "/session/network-id", {"credential": "wz-wang_fang"})).json()
    unlink = {"query": "mutation { unlinkNetworkIdentity { linkedAt } }"}
    unlinked = await post(client, "/graphql", unlink, account)

    assert (seen["name"], seen["number"], seen["level"]) == ("网络身份用户", None, 3)
    assert linked.json()["data"]["linkNetworkIdentity"]["linkedAt"]
    assert again["viewer"]["name"] == "王芳"
    assert unlinked.json()["data"]["unlinkNetworkIdentity"] == {"linkedAt": None}


async def test_a_device_is_named_and_keeps_its_name(client):
    form = {"method": "face", **a_form(device="Mozilla", device_word="w" * 32)}
    token = (await post(client, "/session", form)).json()["token"]
    listed = {"query": "{ sessions { edges { node { id device } } } }"}
    [edge] = (await post(client, "/graphql", listed, token)).json()["data"]["sessions"]["edges"]
    name = f'mutation {{ nameSession(id: "{edge["node"]["id"]}", name: "家里的电脑") {{ device }} }}'

    named = await post(client, "/graphql", {"query": name}, token)
    again = (await post(client, "/session", form)).json()["token"]
    edges = (await post(client, "/graphql", listed, again)).json()["data"]["sessions"]["edges"]

    assert named.json()["data"]["nameSession"]["device"] == "家里的电脑"
    assert {each["node"]["device"] for each in edges} == {"家里的电脑"}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/session/sms", {"id_number": "1"}),
        ("/session/sms", {"id_number": WANG.number, "name": "王\0"}),
        ("/session/passkey", {"id": "x", "credential": {}}),
        ("/session/network-id", {"credential": "w" * 2001}),
        ("/session/qr", {"device": "长" * 201}),
        ("/session/qr", {"unknown": "1"}),
    ],
)
async def test_a_malformed_body_is_refused(client, path, body):
    answer = await post(client, path, body)

    assert (answer.status_code, code_of(answer)) == (400, "BAD_REQUEST")


async def test_a_word_that_can_be_guessed_is_refused(client):
    answer = await post(client, "/session", {"method": "face", **a_form(device_word="short")})

    assert (answer.status_code, code_of(answer)) == (422, "INVALID_INPUT")
