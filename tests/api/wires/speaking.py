"""An old mini-app: it speaks the wires as published clients do, and knows nothing of how we answer."""

import hashlib
import hmac
from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from identity.actor import WORKER
from identity.wires import clients
from identity.wires.clients import Terms
from identity.wires.tables import Wire
from storage import clock
from storage.clock import SHANGHAI
from storage.db import fetch
from tests.api.pages.browsing import send, signed_in

# as the protocol writes them, in its order
VALIDATION_ANSWER = ["result", "errmsg", "token", "userid", "loginname", "username", "orgcoding"]
PROFILE_ANSWER = [
    "result", "errmsg", "userid", "authlevel", "idtype", "username", "idnum", "passport", "permitlicense",
    "taiwanlicense", "officerlicense", "greencard", "sex", "nation", "loginname", "email", "mobile",
    "postcode", "cakey", "birthday", "country", "province", "city", "officeaddress", "officephone",
    "officefax", "homephone", "homeaddress", "useable", "orderby", "headpicture",
]  # fmt: skip
CALLBACK = "https://rent.example.cn/callback"
AREA = "/restapi/prod"


@dataclass
class OldApp:
    """One mini-app with a code and a password, behind `http`."""

    http: httpx.AsyncClient
    code: str = "rentapp"
    secret: str = ""

    async def sign(self, at: datetime | None = None) -> dict[str, str]:
        time = (at or await clock.now()).astimezone(SHANGHAI).strftime("%Y%m%d%H%M%S")
        sign = hashlib.md5(f"{self.code}{self.secret}{time}".encode(), usedforsecurity=False).hexdigest()
        return {"servicecode": self.code, "time": time, "sign": sign, "datatype": "json"}

    async def simpleauth(self, method: str, **given: str) -> dict[str, Any]:
        form = {**await self.sign(), "method": method, **given}
        answer = await self.http.post("/sso/servlet/simpleauth", data=form)
        assert answer.status_code == 200
        return answer.json()

    async def validate(self, ticket: str, **given: str) -> dict[str, Any]:
        return await self.simpleauth("ticketValidation", st=ticket, **given)

    async def user_info(self, token: str, **given: str) -> dict[str, Any]:
        return await self.simpleauth("getUserInfo", token=token, **given)

    async def through_gateway(
        self, path: str, *, query: str = "", signed: str | None = None, headers: Any = None, **given: Any
    ) -> httpx.Response:
        """POST with the headers X-BG-HMAC-*; `signed` is the query as it is signed, if not as sent."""
        date = (await clock.now()).strftime("%a, %d %b %Y %H:%M:%S GMT")
        text = f"POST\n{AREA}{path}\n{query if signed is None else signed}\n{self.code}\n{date}\n"
        made = {
            "x-bg-hmac-signature": b64encode(
                hmac.digest(self.secret.encode(), text.encode(), "sha256")
            ).decode(),
            "x-bg-hmac-algorithm": "hmac-sha256",
            "x-bg-hmac-access-key": self.code,
            "x-bg-date-time": date,
        }
        return await self.http.post(
            f"{AREA}{path}{'?' + query if query else ''}", headers=made | (headers or {}), **given
        )


async def enabled(http: httpx.AsyncClient, wire: Wire = Wire.TICKET, **terms: Any) -> OldApp:
    """Switch a wire on and return the mini-app that speaks it."""
    given: dict[str, Any] = {
        "client_id": "rent-app", "code": "rentapp", "name": "租房补贴", "operator": "杭州市住房保障局",
        "callbacks": [CALLBACK], **terms,
    }  # fmt: skip
    secret = await clients.enable(WORKER, Terms(wire=wire, **given), now=await clock.now())
    return OldApp(http, given["code"], secret or "")


async def consented(http: httpx.AsyncClient, entry: str) -> httpx.Response:
    """Go to an entry, agree if asked, and return the answer that sends the browser on."""
    answer = await http.get(entry)
    if answer.status_code == 200:
        again = await send(http, answer, decision="yes")
        assert again.status_code == 303
        answer = await http.get(again.headers["location"])
    assert answer.status_code == 303, answer.text
    return answer


def entry_of(code: str = "rentapp", goto: str = "") -> str:
    return f"/sso/mobile.do?action=oauth&scope=1&servicecode={code}" + (f"&goto={goto}" if goto else "")


def along(answer: httpx.Response) -> dict[str, str]:
    """Return what a redirect takes along."""
    query = urlsplit(answer.headers["location"]).query
    return {name: values[0] for name, values in parse_qs(query, keep_blank_values=True).items()}


async def a_ticket(http: httpx.AsyncClient, persona: str = "wang_fang", code: str = "rentapp") -> str:
    """Sign a persona in by the pages, let him agree, and return the ticket the mini-app gets."""
    http.cookies.clear()  # another browser, so that signing in ends no session
    await signed_in(http, persona)
    return along(await consented(http, entry_of(code)))["ticket"]


def at(http: httpx.AsyncClient, address: str) -> httpx.AsyncClient:
    """The same server, asked from another address."""
    transport = httpx.ASGITransport(http._transport.app, client=(address, 1), raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url=http.base_url)


async def acts() -> list[str]:
    """Return what was recorded of wires and of what they told, in order.

    Not that a signature came again: the same client signs twice within a second, or not, as it happens.
    """
    rows = await fetch("SELECT act FROM audit_row WHERE act <> 'wire.repeat' ORDER BY id")
    return [row["act"] for row in rows if row["act"].startswith(("wire.", "claim."))]


async def repeats() -> list[tuple[Any, str]]:
    """Return whose the rows of signatures that came again are, and what each is of."""
    rows = await fetch("SELECT party_id, object FROM audit_row WHERE act = 'wire.repeat' ORDER BY id")
    return [(row["party_id"], row["object"]) for row in rows]
