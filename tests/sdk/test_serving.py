"""The back end of a mini-app: calls, deliveries, and what it refuses."""

import logging
import time

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey

from banshi import Citizen, MiniApp, events
from banshi.errors import Unavailable
from banshi.manifest import ManifestRefused
from banshi.serving import AppWrong, Keys, LevelNeeded
from banshi.testing import CallRefused, fake
from tests.sdk.conftest import TEXT, Answer, Ask


async def test_a_call_is_answered_for_the_citizen_in_his_manner(client):
    assert await client.call("rent.check", {"rent": 3000}) == {"most": 36000, "elder": True}


def test_a_mini_app_is_written_in_ten_lines(tmp_path):
    (tmp_path / "miniapp.yaml").write_text(TEXT)
    program = """
from banshi import Citizen, MiniApp

app = MiniApp.from_manifest("miniapp.yaml")

@app.api("hello", scope="profile:read")
async def hello(citizen: Citizen, name: str) -> str:
    return f"{name}，您好"

asgi = app.asgi()
"""
    assert len(program.strip().splitlines()) <= 10
    there: dict[str, object] = {}
    with pytest.MonkeyPatch.context() as here:
        here.chdir(tmp_path)
        exec(compile(program, "app.py", "exec"), there)
    assert callable(there["asgi"])


@pytest.mark.parametrize(
    ("claims", "status", "code"),
    [
        ({"aud": "other-app"}, 401, "SESSION_TOKEN_REFUSED"),
        ({"iss": "http://elsewhere.test"}, 401, "SESSION_TOKEN_REFUSED"),
        ({"api": "rent.other"}, 401, "SESSION_TOKEN_REFUSED"),
        ({"exp": int(time.time()) - 60, "iat": int(time.time()) - 120}, 401, "SESSION_TOKEN_REFUSED"),
        ({"exp": int(time.time()) + 10**9}, 401, "SESSION_TOKEN_REFUSED"),
        ({"iat": None}, 401, "SESSION_TOKEN_REFUSED"),
        ({"exp": None}, 401, "SESSION_TOKEN_REFUSED"),
        ({"sub": None}, 401, "SESSION_TOKEN_REFUSED"),
        ({"scope": ""}, 403, "APP_CONSENT_NEEDED"),
    ],
)
async def test_a_token_that_is_not_for_this_call_is_refused(client, claims, status, code):
    with pytest.raises(CallRefused) as refusal:
        await client.call("rent.check", {"rent": 1}, **claims)

    assert (refusal.value.status, refusal.value.code) == (status, code)
    if code == "APP_CONSENT_NEEDED":
        assert refusal.value.data == {"scope": "profile:read"}


@pytest.mark.parametrize("token", ["", "a", "a.b.c", "Basic x"])
async def test_what_is_no_token_is_refused(client, token):
    answer = await client._http.post("/apis/rent.check", headers={"authorization": f"Bearer {token}"})

    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "SESSION_TOKEN_REFUSED")


async def test_a_token_signed_by_somebody_else_or_by_a_secret_is_refused(client):
    good = client.token("rent.check")
    claims = jwt.decode(good, client.issuer._key).claims
    other = ECKey.generate_key("P-256", parameters={"kid": "simulator"})
    shared = OctKey.import_key("a" * 32)
    forged = [
        jwt.encode({"alg": "ES256", "kid": "simulator"}, claims, other),
        jwt.encode({"alg": "HS256", "kid": "simulator"}, claims, shared),
        good[:-4] + "AAAA",
    ]

    for token in forged:
        answer = await client._http.post("/apis/rent.check", headers={"authorization": f"Bearer {token}"})
        assert answer.status_code == 401


async def test_a_malformed_body_is_refused_with_the_place(client):
    for ask, told in (({"rent": "much"}, "$.rent"), ({}, "rent"), ({"rent": 1, "more": 2}, "more")):
        with pytest.raises(CallRefused, match="422 INVALID_INPUT") as refusal:
            await client.call("rent.check", ask)
        assert told in refusal.value.data["problem"]
    with pytest.raises(CallRefused, match="413 CALL_TOO_LARGE"):
        await client.call("rent.check", {"rent": 1, "x": "x" * 1_000_000})


async def test_a_level_that_is_too_low_is_refused_and_a_fault_says_nothing(client, caplog):
    with pytest.raises(CallRefused, match="401 LEVEL_NEEDED"):
        await client.call("rent.check", {"rent": 9001})
    with caplog.at_level(logging.CRITICAL), pytest.raises(CallRefused, match="500 BUG") as refusal:
        await client.call("rent.check", {"rent": 0})
    assert "王芳" not in str(refusal.value)
    with pytest.raises(LevelNeeded):
        fake.adult(level=1, scopes=["a"]).require("a", level=2)


async def test_other_paths_are_not_there_and_health_is(client):
    for method, path in (
        ("GET", "/apis/rent.check"),
        ("POST", "/apis/x"),
        ("GET", "/"),
        ("POST", "/healthz"),
    ):
        assert (await client._http.request(method, path)).status_code == 404
    assert (await client._http.get("/healthz")).json() == {"app": "rent-withdrawal", "version": "1.0.0"}


async def test_keys_are_asked_for_anew_for_an_unknown_one_but_not_at_will(monkeypatch):
    old, new = (ECKey.generate_key("P-256", parameters={"kid": kid}) for kid in ("old", "new"))
    there, asked, now = [old], [0], [100.0]
    monkeypatch.setattr("banshi.serving._tokens.time.monotonic", lambda: now[0])

    async def fetch():
        asked[0] += 1
        return KeySet(there).as_dict()

    keys = Keys(fetch)
    await keys.having("old")
    await keys.having("old")
    there.append(new)
    await keys.having("new")
    assert asked == [1]
    now[0] += 11
    assert {key.kid for key in (await keys.having("new")).keys} == {"old", "new"}
    now[0] += 301
    await keys.having("new")
    assert asked == [3]

    async def away():
        raise httpx.ConnectError("away")

    with pytest.raises(Unavailable):
        await Keys(away).having("old")


def test_what_the_manifest_does_not_say_is_refused_when_the_program_is_read(app, tmp_path):
    async def good(citizen: Citizen, ask: Ask) -> Answer: ...

    async def untyped(citizen: Citizen, ask): ...

    async def nobody(ask: Ask) -> Answer: ...

    def blocking(citizen: Citizen, ask: Ask) -> Answer: ...

    app.api("a.one", scope="profile:read")(good)
    for work in (
        lambda: app.api("a.two", scope="cases:read"),
        lambda: app.api("a.one", scope="profile:read"),
        lambda: app.api("a.two", scope="profile:read")(untyped),
        lambda: app.api("a.two", scope="profile:read")(nobody),
        lambda: app.api("a.two", scope="profile:read")(blocking),
        lambda: app.on(events.CaseAccepted),
        lambda: app.on(events.CaseDecided)(good) and app.on(events.CaseDecided),
    ):
        with pytest.raises(AppWrong):
            work()
    (tmp_path / "bad.yaml").write_text("format: 2")
    with pytest.raises(ManifestRefused):
        MiniApp.from_manifest(tmp_path / "bad.yaml")


def test_the_catalogue_has_the_schemas_of_what_is_taken_and_given(app):
    @app.api("rent.check", scope="profile:read")
    async def check(citizen: Citizen, ask: Ask) -> Answer: ...

    [api] = app.catalogue()
    assert (api["name"], api["scope"]) == ("rent.check", "profile:read")
    assert api["input"]["$defs"]["Ask"]["properties"] == {"rent": {"type": "integer"}}
    assert set(api["output"]["$defs"]["Answer"]["properties"]) == {"most", "elder"}
