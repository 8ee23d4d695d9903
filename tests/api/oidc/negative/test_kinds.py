"""Kinds of requests: the code flow and its refresh, nothing of what OAuth 2.1 left behind."""

import pytest

from tests.api.oidc.negative.answers import ids, refused, sent_back

RESPONSE_TYPES = [
    ("token", "token", "unsupported_response_type"),
    ("id_token", "id_token", "unsupported_response_type"),
    ("code id_token", "code id_token", "unsupported_response_type"),
    ("code token", "code token", "unsupported_response_type"),
    ("id_token token", "id_token token", "unsupported_response_type"),
    ("none", "none", "unsupported_response_type"),
    ("code with a space", "code ", "unsupported_response_type"),
    ("code twice in one", "code code", "unsupported_response_type"),
    ("in capitals", "CODE", "unsupported_response_type"),
    ("device_code", "device_code", "unsupported_response_type"),
    ("missing", None, "invalid_request"),
    ("empty", "", "invalid_request"),
]
RESPONSE_MODES = ["fragment", "form_post", "query.jwt", "jwt", "web_message", "QUERY"]
GRANT_TYPES = [
    ("missing", None, "invalid_request"),
    ("empty", "", "invalid_request"),
    ("password", "password", "unsupported_grant_type"),
    ("client_credentials", "client_credentials", "unsupported_grant_type"),
    ("implicit", "implicit", "unsupported_grant_type"),
    ("device", "urn:ietf:params:oauth:grant-type:device_code", "unsupported_grant_type"),
    ("jwt-bearer", "urn:ietf:params:oauth:grant-type:jwt-bearer", "unsupported_grant_type"),
    ("saml2-bearer", "urn:ietf:params:oauth:grant-type:saml2-bearer", "unsupported_grant_type"),
    ("token-exchange misspelt", "urn:ietf:params:oauth:grant-type:token_exchange", "unsupported_grant_type"),
    ("token-exchange by its short name", "token-exchange", "unsupported_grant_type"),
    ("ciba", "urn:openid:params:grant-type:ciba", "unsupported_grant_type"),
    ("code", "code", "unsupported_grant_type"),
    ("in capitals", "AUTHORIZATION_CODE", "unsupported_grant_type"),
    ("with a space", "authorization_code ", "unsupported_grant_type"),
    ("of nobody", "__init__", "unsupported_grant_type"),
]


@pytest.mark.parametrize(("_case", "kind", "error"), RESPONSE_TYPES, ids=ids(RESPONSE_TYPES))
async def test_only_a_code_is_answered(world, _case, kind, error):
    async with world.unwritten():
        answer = await world.ask(world["basic"], response_type=kind)

    sent_back(answer, error, says="response_type must be code")


@pytest.mark.parametrize("mode", RESPONSE_MODES)
async def test_only_the_query_answers(world, mode):
    async with world.unwritten():
        answer = await world.ask(world["basic"], response_mode=mode)

    sent_back(answer, "invalid_request", says="response_mode")


@pytest.mark.parametrize(("_case", "kind", "error"), GRANT_TYPES, ids=ids(GRANT_TYPES))
async def test_only_the_advertised_kinds_of_grant_are_taken(world, _case, kind, error):
    code = await world.code(world["basic"])
    besides = {"username": "wang_fang", "password": "x", "device_code": "x", "assertion": "x.y.z"}

    async with world.unwritten():
        answer = await world["basic"].redeem(code, **{"grant_type": kind, "scope": "openid"} | besides)

    refused(answer, 400, error, "grant_type")


async def test_a_code_is_not_taken_as_a_refresh_nor_a_refresh_token_as_a_code(world):
    given = await world.given(world["basic"])
    code = await world.code(world["basic"])

    async with world.unwritten():
        refused(
            await world["basic"].call("token", {"grant_type": "refresh_token", "code": code}),
            400, "invalid_request", "refresh_token is missing",
        )  # fmt: skip
        refused(
            await world["basic"].redeem(None, refresh_token=given["refresh_token"]),
            400, "invalid_request", "code is missing",
        )  # fmt: skip


@pytest.mark.parametrize("endpoint", ["token", "par", "revoke", "introspect"])
async def test_what_clients_send_is_a_form_that_is_posted(world, endpoint):
    rp = world["basic"]

    async with world.unwritten():
        got = await world.http.get(f"/oauth/{endpoint}", params={"client_id": rp.client_id})
        json = await world.http.post(f"/oauth/{endpoint}", json={"grant_type": "authorization_code"})
        query = await rp.http.post(
            f"/oauth/{endpoint}?grant_type=authorization_code&token=x", data={"client_id": rp.client_id}
        )

    refused(got, 405, "invalid_request", "this is not served")
    assert "POST" in got.headers["allow"]
    refused(json, 400, "invalid_request", "form-urlencoded")
    refused(query, 400, "invalid_request", "in the body")
