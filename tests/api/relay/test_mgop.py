"""Pages of the old gateway: how they are known, what they hear, and who is kept out."""

import asyncio
import hashlib
import time
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from banshi import calls, mgop
from banshi.mgop import Sent
from identity import consents, tokens
from miniapps.gateway import service
from miniapps.gateway.service import GatewaySettings, _calling
from storage import clock
from storage.db import execute
from tests.api.relay.conftest import APP, actor_of

HOST = f"{APP}.apps.localhost:8000"
OWN = f"http://{HOST}"
AK = "jl9vupjh+200100201+nytcfro"


class Page:
    """What the npm client does, with a browser's cookies."""

    def __init__(self, world: Any, number: int = 0) -> None:
        self.url, self.jar = world.urls[number], {}
        self.last: httpx.Response | None = None

    async def post(self, path: str, *, host: str = HOST, **rest: Any) -> httpx.Response:
        headers = {"host": host, "origin": OWN, **rest.pop("headers", {})}
        if self.jar:
            headers["cookie"] = "; ".join(f"{name}={value}" for name, value in self.jar.items())
        async with httpx.AsyncClient(timeout=15, trust_env=False) as http:
            told = {name: value for name, value in headers.items() if value}
            self.last = await http.post(self.url + path, headers=told, **rest)
        for line in self.last.headers.get_list("set-cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            self.jar[name] = value
        return self.last

    async def enter(self, token: str, **rest: Any) -> int:
        return (await self.post("/h5/enter", data={"token": token}, **rest)).status_code

    def asked(self, api: str, *, ts: int | None = None, token: str | None = None, **changes: str) -> str:
        shown = self.jar.get(mgop.COOKIE, "").partition("_")[0] if token is None else token
        sent = Sent(AK, api, str(ts or int(time.time() * 1000)), "null", "")
        query = {**sent._asdict(), "sign": sent.sign(shown), **changes}
        del query["signed"]
        order = ("ak", "api", "ts", "sign", "data")
        return "/h5/mgop?" + "&".join(
            f"{name}={quote(query[name], safe='')}" for name in order if query[name]
        )

    async def once(self, api: str, ask: Any, **rest: Any) -> dict[str, Any]:
        answer = await self.post(self.asked(api, **rest), json=ask)
        assert answer.status_code == 200
        return dict(answer.json())

    async def call(self, api: str, ask: Any) -> dict[str, Any]:
        """As the client does: sign anew twice."""
        for _ in range(3):
            got = await self.once(api, ask)
            if got["rs"] != mgop.TOKEN_EMPTY:
                break
        return got


CHECK = "mgop.rent.app.rent.check"


@pytest.fixture
async def page(world) -> Page:
    made = Page(world)
    assert await made.enter(world.token) == 204
    return made


def test_it_signs_as_the_npm_client_does():
    sent = Sent(AK, "mgop.demo.app.hello", "1795289373965", "null", "")

    assert sent.sign("0123456789abcdef") == "36d1c8c3b1fbbd69ed3cdf57beec270f"
    assert hashlib.md5(b"").hexdigest() != sent.sign("")


async def test_a_first_call_gets_a_cookie_and_the_second_its_answer(world, page):
    async with world.back_end(1):
        first = await page.once(CHECK, {"rent": 3000})
        line = page.last.headers["set-cookie"]
        second = await page.once(CHECK, {"rent": 3000})

    assert (first["rs"], first["ret"]) == (9001, "9001::令牌为空")
    assert line.startswith("_mgw_tk=") and "HttpOnly" not in line and "Partitioned" in line
    assert second == {"rs": 1000, "data": {"most": 36000, "elder": False}, "ret": ["1000::调用成功"]}
    assert page.last.headers["access-control-allow-origin"] == OWN
    assert world.seen[0].scopes == frozenset({"cases:read"})


async def test_an_api_may_say_the_name_it_had(world, page, monkeypatch):
    found = mgop.api_named

    def named(made: Any, name: str) -> str:
        return "rent.check" if name == "mgop.sxz.app.old" else found(made, name)

    monkeypatch.setattr(mgop, "api_named", named)
    async with world.back_end():
        got = await page.call("mgop.sxz.app.old", {"rent": 1})

    assert got["rs"] == 1000


@pytest.mark.parametrize(
    ("api", "ask", "rs", "code"),
    [
        ("mgop.rent.app.rent.nothing", {}, 3005, "API_UNKNOWN"),
        ("nothing", {}, 3005, "API_UNKNOWN"),
        (CHECK, {"rent": "much"}, 3002, "INVALID_INPUT"),
        ("mgop.rent.app.rent.profile", {}, 3006, "APP_CONSENT_NEEDED"),
        (CHECK, {"rent": 1}, 4002, "APP_OFFLINE"),
        (CHECK, {"rent": 1, "note": "x" * calls.MOST_BODY}, 3002, "BODY_TOO_LARGE"),
    ],
)
async def test_refusals_are_told_by_200_and_a_code(page, api, ask, rs, code):
    got = await page.call(api, ask)

    assert (got["rs"], got["code"], got["data"]) == (rs, code, {})
    assert got["ret"].startswith(f"{rs}::")
    assert got["requestId"] == page.last.headers["x-request-id"]


async def test_a_back_end_s_own_refusal_a_silence_and_a_crowd_have_codes_of_their_own(
    world, page, monkeypatch
):
    monkeypatch.setattr(_calling, "PATIENCE_S", 0.3)
    async with world.back_end():
        refused = await page.call(CHECK, {"rent": 9001})
        silent = await page.call("mgop.rent.app.rent.slow", {})
        world.gate.set()
        service.configure(GatewaySettings(app_per_s=1))
        crowded = [(await page.call(CHECK, {"rent": each}))["rs"] for each in range(4)][-1]
        service.configure(GatewaySettings())

    assert (refused["rs"], refused["ret"]) == (4002, "RENT_TOO_DEAR::9001 is too much.")
    assert (silent["rs"], crowded) == (4001, 1002)


async def test_an_expired_token_is_renewed_as_the_client_asks(world, page):
    async with world.back_end():
        await page.call(CHECK, {"rent": 1})
        stale = page.jar[mgop.COOKIE]
        page.jar[mgop.COOKIE] = "0" * 32 + "_1"
        expired = await page.once(CHECK, {"rent": 1})
        again = await page.once(CHECK, {"rent": 1})

    assert (expired["rs"], again["rs"]) == (9001, 1000)
    assert page.jar[mgop.COOKIE] == stale


async def test_another_account_gets_its_own_at_once(world, page, sign_in):
    other, now = await actor_of(await sign_in("li_wei")), await clock.now()
    await consents.grant(other, APP, ["cases:read"], now=now)
    async with world.back_end():
        await page.call(CHECK, {"rent": 1})
        before = page.jar[mgop.COOKIE]
        assert await page.enter(await tokens.issue(other, APP, ["cases:read"], now=now)) == 204
        first = await page.once(CHECK, {"rent": 2})
        got = await page.once(CHECK, {"rent": 2})

    assert (first["rs"], got["rs"]) == (9001, 1000)
    assert page.jar[mgop.COOKIE] != before
    assert world.seen[0].sub != world.seen[1].sub


async def test_the_session_goes_on_while_it_is_used_and_ends_with_the_citizen_s(world, page, monkeypatch):
    async with world.back_end():
        await page.call(CHECK, {"rent": 1})
        first = page.jar["banshi_app"]
        page.jar["banshi_app"] = first.partition(".")[0] + ".1"
        await page.call(CHECK, {"rent": 2})
        second = page.jar["banshi_app"]
        await execute("UPDATE session SET ended_at = now()")
        over = await page.once(CHECK, {"rent": 3})

    assert second.partition(".")[0] != first.partition(".")[0]
    assert (over["rs"], over["ret"]) == (9003, "9003::登录已过期，请重新打开应用")


async def test_who_signs_wrong_or_says_nothing_is_kept_out(world, page):
    now = int(time.time() * 1000)
    await page.once(CHECK, {"rent": 1})
    day = timedelta(days=1) // timedelta(milliseconds=1)
    asked = [
        (page.asked(CHECK, sign="0" * 32), 9002),
        (page.asked(CHECK, token="f" * 32), 9002),
        (page.asked(CHECK, ts=now - day), 3002),
        (page.asked(CHECK, ts=-5), 3002),
        (page.asked(CHECK, data=""), 3001),
        (page.asked(CHECK, sign=""), 3004),
    ]
    codes = [((await page.post(path, json={"rent": 1})).json()["rs"], rs) for path, rs in asked]
    nobody = await Page(world).once(CHECK, {"rent": 1})

    assert [got for got, _ in codes] == [rs for _, rs in codes]
    assert nobody["rs"] == 9003
    assert world.seen == []


async def test_no_other_origin_calls_or_lets_in(world, page, sign_in):
    await page.once(CHECK, {"rent": 1})
    for origin in ("https://evil.example", "null", f"http://other-app.{HOST.partition('.')[2]}"):
        called = await page.post(page.asked(CHECK), json={"rent": 1}, headers={"origin": origin})
        assert (called.json()["rs"], called.headers.get("access-control-allow-origin")) == (1001, None)
        assert await page.enter(world.token, headers={"origin": origin}) == 403
    assert await page.enter(world.token, headers={"origin": ""}) == 403
    assert await page.enter(await sign_in("wang_fang")) == 401, "a session of the platform is no mini-app's"
    assert (await page.post(page.asked(CHECK), json={}, host="127.0.0.1:8000")).status_code == 404
    other = Page(world)
    assert await other.enter(world.token, host=HOST.replace(APP, "other-app")) in (401, 403)
    assert other.jar == {}


async def test_the_platform_s_own_page_lets_in_across_origins(world):
    page, platform = Page(world), world.apps[0].state["public_url"]

    answer = await page.post("/h5/enter", json={"token": world.token}, headers={"origin": platform})

    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == platform
    assert "HttpOnly; Secure; SameSite=None; Partitioned" in answer.headers["set-cookie"]
    assert page.jar["banshi_app"].partition(".")[0] != world.token


async def test_what_comes_twice_is_done_once(world, page):
    async with world.back_end():
        await page.call(CHECK, {"rent": 1})
        path = page.asked(CHECK)
        twice = await asyncio.gather(*(page.post(path, json={"rent": 7}) for _ in range(2)))
        other = await page.post(path, json={"rent": 8})

    assert [each.json()["data"]["most"] for each in (*twice, other)] == [84, 84, 96]
    assert len(world.seen) == 3, "one before, one of the two, one that is signed alike and says other things"


async def test_who_asks_before_calling_hears_who_may(page):
    async with httpx.AsyncClient(trust_env=False) as http:
        asked = [
            await http.options(
                f"{page.url}/h5/mgop",
                headers={"host": HOST, "origin": origin, "access-control-request-method": "POST",
                         "access-control-request-headers": "authorization,content-type"},
            )
            for origin in (OWN, "https://evil.example")
        ]  # fmt: skip

    assert [answer.status_code for answer in asked] == [204, 204]
    assert asked[0].headers["access-control-allow-headers"] == "authorization,content-type"
    assert asked[0].headers["access-control-allow-credentials"] == "true"
    assert "access-control-allow-origin" not in asked[1].headers


async def test_a_header_that_leaks_from_another_call_says_nothing(world, page):
    async with world.back_end():
        await page.call(CHECK, {"rent": 1})
        got = await page.post(
            page.asked(CHECK), json={"rent": 5}, headers={"authorization": "Bearer of-somebody-else"}
        )

    assert got.json()["rs"] == 1000
