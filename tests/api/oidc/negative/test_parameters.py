"""Parameters of authorization requests that say nothing we could do, or too much of it."""

import json
from urllib.parse import urlencode

import pytest

from tests.api.oidc.negative.answers import expect, ids, sent_back
from tests.api.oidc.relying import ISSUER


def claims(value) -> dict[str, str]:
    return {"claims": value if isinstance(value, str) else json.dumps(value)}


def told(**how):
    return claims({"userinfo": how})


PARAMETERS = [
    ("scope missing", {"scope": None}, "back invalid_scope"),
    ("scope empty", {"scope": ""}, "back invalid_scope"),
    ("scope without openid", {"scope": "profile.name"}, "back invalid_scope"),
    ("openid in capitals", {"scope": "OPENID"}, "back invalid_scope"),
    ("scopes by commas", {"scope": "openid,phone"}, "back invalid_scope"),
    ("a scope that is not registered", {"scope": "openid idcard.number"}, "back invalid_scope"),
    ("a right that is not registered", {"scope": "openid trips:read"}, "back invalid_scope"),
    ("scope twice", {"scope": ["openid", "phone"]}, "page invalid_request"),
    ("client_id twice", {"client_id": ["rp_a", "rp_b"]}, "page invalid_request"),
    ("state twice", {"state": ["a", "b"]}, "page invalid_request"),
    ("an unknown one twice", {"foo": ["a", "b"]}, "page invalid_request"),
    ("a challenge twice", {"code_challenge": ["x" * 43, "y" * 43]}, "page invalid_request"),
    ("a NUL in nonce", {"nonce": "a\0b"}, "page invalid_request"),
    ("a NUL in a name", {"no\0nce": "a"}, "page invalid_request"),
    ("a value of 10,001 characters", {"foo": "x" * 10_001}, "page invalid_request"),
    ("more than sixty", {f"p{number}": "x" for number in range(60)}, "page invalid_request"),
    ("nonce overlong", {"nonce": "n" * 256}, "back invalid_request"),
    ("resource of nobody", {"resource": "https://evil.example/"}, "back invalid_target"),
    ("resource with a fragment", {"resource": f"{ISSUER}/graphql#x"}, "back invalid_target"),
    ("resource relative", {"resource": "/graphql"}, "back invalid_target"),
    ("resource overlong", {"resource": "https://x.example/" + "x" * 600}, "back invalid_target"),
    ("one resource of ours, one of others", {
        "resource": [f"{ISSUER}/graphql", "https://evil.example/"]}, "back invalid_target"),
    ("max_age negative", {"max_age": "-1"}, "back invalid_request"),
    ("max_age NaN", {"max_age": "NaN"}, "back invalid_request"),
    ("max_age a fraction", {"max_age": "1.5"}, "back invalid_request"),
    ("max_age a word", {"max_age": "soon"}, "back invalid_request"),
    ("max_age in digits of another script", {"max_age": "٣"}, "back invalid_request"),
    ("max_age with a sign", {"max_age": "+5"}, "back invalid_request"),
    ("max_age of a hundred digits", {"max_age": "9" * 100}, "back invalid_request"),
    ("prompt unknown", {"prompt": "create"}, "back invalid_request"),
    ("prompt none and login", {"prompt": "none login"}, "back invalid_request"),
    ("prompt in capitals", {"prompt": "NONE"}, "back invalid_request"),
    ("id_token_hint garbage", {"id_token_hint": "a.b.c"}, "back invalid_request"),
    ("id_token_hint overlong", {"id_token_hint": "a" * 5_000}, "back invalid_request"),
    ("registration", {"registration": "{}"}, "back registration_not_supported"),
    ("a request object, alg none", {"request": "eyJhbGciOiJub25lIn0.e30."}, "back request_not_supported"),
    ("a request object beside a request_uri", {
        "request": "a.b.c", "request_uri": "https://x.example/"}, "back request_not_supported"),
    ("claims no JSON", claims("{"), "back invalid_request"),
    ("claims a list", claims([]), "back invalid_request"),
    ("claims of too much", claims({"userinfo": {"x": {"value": "x" * 4_000}}}), "back invalid_request"),
    ("claims nested deeply", claims("[" * 3_900), "back invalid_request"),
    ("claims with a name twice", claims('{"userinfo":{},"userinfo":{}}'), "back invalid_request"),
    ("claims.userinfo a list", claims({"userinfo": ["name"]}), "back invalid_request"),
    ("too many claims", claims({"userinfo": {f"c{n}": None for n in range(41)}}), "back invalid_request"),
    ("a claim that is true", told(name=True), "back invalid_request"),
    ("a claim's value a number", told(sub={"value": 1}), "back invalid_request"),
    ("a claim's values a text", told(sub={"values": "abc"}), "back invalid_request"),
    ("a claim's value with a NUL", told(sub={"value": "\0"}), "back invalid_request"),
    ("a claim's value half a surrogate", told(sub={"value": "\ud800"}), "back invalid_request"),
    ("a region that is none", told(resident_of={"value": "杭州"}), "back invalid_request"),
    ("no region", told(resident_of=None), "back invalid_request"),
    ("a region with a star", told(resident_of={"value": "33*"}), "back invalid_request"),
    ("whom to compare with, in the address", told(same_person={"value": "0" * 64}), "back invalid_request"),
    ("whom to compare with, no hash", told(same_person={"value": "x"}), "back invalid_request"),
    ("an essential acr nobody knows", claims({
        "id_token": {"acr": {"essential": True, "values": ["urn:x:gold"]}}}),
        "back unmet_authentication_requirements"),
]  # fmt: skip
FETCHED = [
    "http://127.0.0.1:1/request.jwt", "https://evil.example/request.jwt", "http://169.254.169.254/latest",
    "file:///etc/passwd", "gopher://127.0.0.1:6379/_FLUSHALL", "//evil.example/r", "HTTP://[::1]/r",
    "urn:ietf:params:oauth:request", "URN:IETF:PARAMS:OAUTH:REQUEST_URI:x", "data:,x",
]  # fmt: skip
HARMLESS = [
    ("an unknown parameter", {"foo": "bar", "nonce[]": "x", "a[b]": "c"}),
    ("a scope nobody knows", {"scope": "openid profile email address"}),
    ("languages of nonsense", {"ui_locales": "xx-YY zz ' ; --"}),
    ("a display nobody knows", {"display": "hologram"}),
    ("acr nobody knows", {"acr_values": "urn:x:gold 0 silver"}),
    ("claims nobody knows", claims({"userinfo": {"shoe_size": {"essential": True}}, "x": 5})),
    ("a scope a hundred times", {"scope": "openid " * 100}),
    ("a state of odd letters", {"state": "<script>\"'&=#?%00\u2028 é"}),
]


@pytest.mark.parametrize(("_case", "changes", "wanted"), PARAMETERS, ids=ids(PARAMETERS))
async def test_a_parameter_that_cannot_be_met_is_refused(world, _case, changes, wanted):
    async with world.unwritten():
        answer = await world.ask(world["basic"], **changes)

    expect(answer, wanted)


async def test_a_state_that_is_too_long_is_refused_and_still_given_back(world):
    async with world.unwritten():
        answer = await world.ask(world["basic"], state="s" * 1_001)

    sent_back(answer, "invalid_request", state="s" * 1_001, says="state")


async def test_without_a_state_none_is_given_back(world):
    async with world.unwritten():
        answer = await world.ask(world["basic"], state=None, response_type="token")

    sent_back(answer, "unsupported_response_type", state=None)


@pytest.mark.parametrize("tail", ["&foo=%ff%fe", "&%c3%28=x", "&foo=%ed%a0%80"])
async def test_what_is_not_utf_8_goes_nowhere(world, tail):
    query = urlencode(world["basic"].request()) + tail

    async with world.unwritten():
        answer = await world.browser.get(f"/oauth/authorize?{query}")

    expect(answer, "page invalid_request")


@pytest.mark.parametrize("uri", FETCHED)
async def test_no_request_uri_of_others_is_fetched(world, uri, monkeypatch):
    called = []
    monkeypatch.setattr("socket.getaddrinfo", lambda *asked, **_: called.append(asked))
    monkeypatch.setattr("socket.socket.connect", lambda *asked: called.append(asked))

    async with world.unwritten():
        answer = await world.ask(world["basic"], request_uri=uri)

    sent_back(answer, "request_uri_not_supported")
    assert called == []


@pytest.mark.parametrize(("_case", "changes"), HARMLESS, ids=ids(HARMLESS))
async def test_what_is_not_known_is_ignored(world, _case, changes):
    """The positive twins: the norms want these overlooked."""
    answer = await world.ask(world["basic"], **changes)

    assert answer.status_code == 303
    assert "code=" in answer.headers["location"], answer.headers["location"]


async def test_a_posted_request_takes_a_form_only(world):
    async with world.unwritten():
        answer = await world.http.post("/oauth/authorize", json=world["basic"].request())

    expect(answer, "page invalid_request")


async def test_a_name_of_sql_is_only_a_name(world):
    async with world.unwritten():
        answer = await world.ask(world["basic"], scope="openid'; DROP TABLE person; --")

    sent_back(answer, "invalid_scope")
