"""Acting for the citizen who calls: one exchange, refusals with their codes, a platform that is played."""

import asyncio
from typing import Any
from urllib.parse import parse_qs

import httpx
import msgspec
import pytest

from banshi import Citizen
from banshi.errors import RateLimited
from banshi.platform import Acting
from banshi.refusals import OF_CODE, NoAnswer
from banshi.serving import CitizenInvented, CitizenNotCalling
from banshi.testing import CallRefused, Played, fake
from tests.sdk import contract

SCOPES = ("cases:read", "profile:read")


@pytest.fixture
def app(tmp_path):
    made = contract.mini_app(tmp_path)
    del made.apis["rent.profile"]

    @made.api("rent.profile", scope="profile:read")
    async def profile(citizen: Citizen, ask: dict[str, Any]) -> list[Any]:
        async with citizen.platform(*ask.get("scopes", ())) as platform:
            viewer, unread = await asyncio.gather(platform.viewer(), platform.notices.unread())
            return [viewer.level, viewer.scopes, unread]

    return made


async def test_a_handler_acts_for_the_citizen_who_calls(app):
    seen: list[Citizen] = []
    played = Played({"unreadNotices": lambda citizen, variables: seen.append(citizen) or 3})
    citizen = fake.adult(level=2, scopes=SCOPES)

    async with app.test_client(citizen=citizen, platform=played) as client:
        whole = await client.call("rent.profile", {})
        narrow = await client.call("rent.profile", {"scopes": ["profile:read"]})
        with pytest.raises(CallRefused) as wider:
            await client.call("rent.profile", {"scopes": ["cases:write"]})

    assert whole == [2, list(SCOPES), 3]
    assert narrow == [2, ["profile:read"], 3]
    assert (wider.value.status, wider.value.code) == (403, "SCOPE_MISSING")
    assert wider.value.data["scope"] == "cases:write"
    assert {each.sub for each in seen} == {citizen.sub}
    assert sorted(each.field for each in played.asked) == ["unreadNotices"] * 2 + ["viewer"] * 2


async def test_what_nobody_plays_says_so_and_refusals_reach_the_page(app):
    async def busy(citizen: Citizen, variables: dict[str, Any]) -> int:
        raise RateLimited(retry_after_s=99)

    nobody = Played()
    del nobody.fields["unreadNotices"]
    for played, code, status in (
        (nobody, "NOT_PLAYED", 501),
        (Played({"unreadNotices": busy}), "RATE_LIMITED", 429),
    ):
        async with app.test_client(citizen=fake.adult(), platform=played) as client:
            with pytest.raises(CallRefused) as refused:
                await client.call("rent.profile", {})
        assert (refused.value.status, refused.value.code) == (status, code)


def test_who_is_invented_or_does_not_call_is_acted_for_by_nobody():
    invented = Citizen(sub="s", claims={"invented": True}, behalf=Acting("http://p.test").behalf)

    with pytest.raises(CitizenInvented, match="--alone"):
        invented.platform()
    with pytest.raises(CitizenNotCalling):
        fake.adult().platform()


class Endpoint:
    """A token endpoint, and the API behind it."""

    def __init__(self, *answers: tuple[int, Any]) -> None:
        self.answers, self.forms, self.shown = list(answers), [], []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.shown.append(request.headers.get("authorization"))
        if request.url.path == "/graphql":
            return httpx.Response(200, json={"data": {"unreadNotices": 7}})
        self.forms.append(parse_qs(request.content.decode()))
        status, told = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return httpx.Response(status, content=msgspec.json.encode(told), headers={"retry-after": "0"})

    def acting(self, credential: str = "rent-app:se%cret/") -> Acting:
        return Acting("http://platform.test", credential, httpx.MockTransport(self))


async def test_it_is_exchanged_once_with_the_credential_and_tried_again_when_it_may(monkeypatch):
    monkeypatch.setattr("banshi.client.PAUSE_S", 0.0)
    busy = {"error": "temporarily_unavailable", "error_description": "too many calls; come back later"}
    endpoint = Endpoint((429, busy), (502, "a proxy"), (200, {"access_token": "aa"}))

    async with endpoint.acting().behalf("the.call.jwt", ["b", "a"]) as platform:
        counts = await asyncio.gather(*(platform.notices.unread() for _ in range(3)))

    assert counts == [7, 7, 7]
    assert len(endpoint.forms) == 3
    assert endpoint.forms[0] == {
        "grant_type": ["urn:ietf:params:oauth:grant-type:token-exchange"], "scope": ["a b"],
        "subject_token": ["the.call.jwt"], "subject_token_type": ["urn:ietf:params:oauth:token-type:jwt"],
    }  # fmt: skip
    assert endpoint.shown[0] == "Basic cmVudC1hcHA6c2UlMjVjcmV0JTJG"
    assert endpoint.shown[-3:] == ["Bearer aa"] * 3


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("invalid_grant", "NOT_SIGNED_IN"),
        ("invalid_scope", "SCOPE_MISSING"),
        ("invalid_client", "CONNECTION_REFUSED"),
        ("invalid_request", "SESSION_TOKEN_REFUSED"),
        ("unsupported_grant_type", "SESSION_TOKEN_REFUSED"),
    ],
)
async def test_a_refused_exchange_is_a_refusal_of_the_platform(error, code):
    endpoint = Endpoint((400, {"error": error, "error_description": "why"}))

    async with endpoint.acting("").behalf("jwt") as platform:
        with pytest.raises(OF_CODE[code]) as refused:
            await platform.notices.unread()

    assert (refused.value.code, refused.value.data) == (code, {"reason": "why"})
    assert endpoint.shown == [None], "nothing else was asked"


async def test_an_endpoint_that_says_nothing_is_silence(monkeypatch):
    monkeypatch.setattr("banshi.client.PAUSE_S", 0.0)
    for answer in ((500, {}), (200, {}), (302, "elsewhere")):
        async with Endpoint(answer).acting().behalf("jwt") as platform:
            with pytest.raises(NoAnswer):
                await platform.notices.unread()
