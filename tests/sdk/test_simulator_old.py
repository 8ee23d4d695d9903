"""Old pages at the simulator: session, calls of the old gateway, tickets; and the example that is one."""

import shutil
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from banshi import mgop
from banshi.mgop import Sent
from tests.sdk.test_simulator import Running

pytestmark = pytest.mark.slow

EXAMPLE = Path(__file__).parents[2] / "sdk" / "examples" / "bus-pass"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(EXAMPLE, tmp_path / "bus-pass", ignore=shutil.ignore_patterns("*.sqlite*"))


@pytest.fixture
async def running(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("BUS_PASS_FILE", str(folder / "passes.sqlite"))
    async with Running(folder) as made:
        await made.do(do="choose", value="he")
        await made.do(do="agree", scopes=["profile:read"])
        yield made


class Page:
    """What an old page does at its origin, with a browser's cookies."""

    def __init__(self, running: Running) -> None:
        self.origin = running.simulator.app_origin
        self.http = httpx.AsyncClient(
            base_url=self.origin, headers={"origin": self.origin}, timeout=15, trust_env=False
        )

    async def __aenter__(self) -> "Page":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.aclose()

    async def enter(self, token: str) -> int:
        return (await self.http.post("/h5/enter", json={"token": token})).status_code

    async def once(self, name: str, ask: Any, **changes: str) -> dict[str, Any]:
        shown = self.http.cookies.get(mgop.COOKIE, "").partition("_")[0]
        sent = Sent("", f"mgop.transport.buspass.{name}", str(int(time.time() * 1000)), "null", "")
        query = {"ak": sent.ak, "api": sent.api, "ts": sent.ts, "data": sent.data, "sign": sent.sign(shown)}
        answer = await self.http.post("/h5/mgop", params={**query, **changes}, json=ask)
        assert answer.status_code == 200
        return dict(answer.json())

    async def call(self, name: str, ask: Any) -> dict[str, Any]:
        told = await self.once(name, ask)
        return await self.once(name, ask) if told["rs"] == mgop.TOKEN_EMPTY else told


async def state(running: Running) -> dict[str, Any]:
    return dict((await running.http.get("/state")).json())


async def ticket(running: Running) -> str:
    assert (await running.do(do="ticket")).json() == {"question": True}
    told = (await running.do(do="ticket", value="yes")).json()
    assert told["result"] and (await running.do(do="ticket")).json()["result"], "asked once"
    return str(told["ticketId"])


async def test_an_old_page_signs_in_and_calls(running):
    async with Page(running) as page:
        assert await page.enter((await state(running))["token"]) == 204
        first = await page.once("login", {"ticket": ""})
        signed = await page.call("login", {"ticket": await ticket(running)})
        card = await page.call("card", {"key": signed["data"]["key"]})
        refused = await page.call("card", {"key": "none"})

    assert (first["rs"], first["ret"]) == (9001, "9001::令牌为空")
    assert signed["data"]["name"] == "*长庚" and signed["ret"] == ["1000::调用成功"]
    assert card["data"]["kind"] == "free"
    assert (refused["rs"], refused["code"]) == (4002, "SIGN_IN_AGAIN")
    assert refused["ret"].startswith("SIGN_IN_AGAIN::")


async def test_what_is_wrong_has_the_platform_s_numbers(running):
    async with Page(running) as page:
        assert (await page.once("card", {}))["rs"] == mgop.TOKEN_EXPIRED, "nobody entered"
        assert await page.enter("none") == 401
        await page.enter((await state(running))["token"])
        unfit = await page.call("card", {"key": 1})
        unknown = await page.call("nothing", {})
        forged = await page.once("card", {}, sign="0" * 32)
        late = await page.once("card", {}, ts="1")
        await running.do(do="network", value="offline")
        off = await page.call("card", {"key": ""})

    assert (unfit["rs"], unfit["code"]) == (mgop.INVALID, "INVALID_INPUT")
    assert (unknown["rs"], forged["rs"], late["rs"]) == (mgop.NO_APP, mgop.TOKEN_ILLEGAL, mgop.INVALID)
    assert off["rs"] != mgop.OK


async def test_another_citizen_and_one_who_withdrew_are_other_sessions(running):
    async with Page(running) as page:
        mine = (await state(running))["token"]
        await page.enter(mine)
        signed = await page.call("login", {"ticket": await ticket(running)})
        await running.do(do="choose", value="lin")
        assert (await state(running))["token"] == "", "she has agreed to nothing"
        assert await page.enter(mine) == 401
        await running.do(do="agree", scopes=["profile:read"])
        assert (await page.call("card", {"key": "x"}))["rs"] == mgop.TOKEN_EXPIRED
        await page.enter((await state(running))["token"])
        again = await page.once("card", {"key": signed["data"]["key"]})
        hers = await page.once("card", {"key": signed["data"]["key"]})
        await running.do(do="withdraw")
        after = await page.once("card", {"key": "x"})

    assert again["rs"] == mgop.TOKEN_EMPTY, "signed for whoever sat there before"
    assert hers["code"] == "SIGN_IN_AGAIN"
    assert after["rs"] == mgop.TOKEN_EXPIRED


async def test_a_ticket_is_good_once_and_tells_as_little_as_the_level_allows(running):
    async def asked(path: str, **fields: str) -> dict[str, Any]:
        return dict((await running.http.post(f"/uc/sso/{path}", json=fields)).json())

    shown = await ticket(running)
    token = (await asked("access_token", ticketId=shown, appId="bus-pass"))["data"]["accessToken"]
    again = await asked("access_token", ticketId=shown, appId="bus-pass")
    person = (await asked("getUserInfo", token=token))["data"]["personInfo"]
    await running.do(do="choose", value="wei")
    await running.do(do="agree", scopes=["profile:read"])
    low = (await asked("access_token", ticketId=await ticket(running)))["data"]["accessToken"]
    nameless = (await asked("getUserInfo", token=low))["data"]["personInfo"]

    assert again == {**again, "success": False, "errorCode": "C-USER-SSO-TICKET-INVALID", "data": None}
    assert (await asked("getUserInfo", token=shown))["errorCode"] == "C-USER-SSO-TOKEN-INVALID"
    assert (person["userName"], person["birthday"], person["gender"]) == ("何长庚", "1950-10-12", "1")
    assert person["idNo"][:6] == "330199" and len(person["idNo"]) == 18
    assert nameless["userId"] and not nameless["userName"] and not nameless["idNo"]


async def test_what_a_page_tells_of_itself_is_in_the_log(running):
    async with Page(running) as page:
        body = '{"token": "t", "what": "page_view"}'
        assert (await page.http.post("/beacon", content=body)).status_code == 204
        strange = await page.http.post("/beacon", content=body, headers={"origin": "http://evil.example"})
    log = (await running.http.get("/entries")).json()

    assert strange.status_code == 403
    assert [each["title"] for each in log if each["kind"] == "page"] == ["page_view"]
