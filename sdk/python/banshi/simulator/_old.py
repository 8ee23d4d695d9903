"""Pages of the old host app: their session, the calls of the old gateway, and the sign-on of their back end.

At the page's origin `/h5/enter`, `/h5/mgop` and `/beacon`, by the code of the platform's (`banshi.mgop`); at
the host's `/uc/sso/…`, which an old back end asks who a ticket is of.  There everything is invented.
"""

import secrets
import time
import uuid
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from banshi import mgop
from banshi.calls import Answer, Refusal
from banshi.mgop import Rejected
from banshi.simulator._desk import Desk, Person
from banshi.simulator._http import Asked, Told, as_json

ENTER, CALL, BEACON = "/h5/enter", "/h5/mgop", "/beacon"
PAGES = (ENTER, CALL, BEACON)
ACCESS, USER = "/uc/sso/access_token", "/uc/sso/getUserInfo"
SIGN_ON = (ACCESS, USER)
COOKIE = "banshi_app"
TICKET_S, TOKEN_S = 60, 300
NAMED_LEVEL = 2  # from which on the wire tells who somebody is
BAD_TICKET = ("C-USER-SSO-TICKET-INVALID", "ticket非法")
BAD_TOKEN = ("C-USER-SSO-TOKEN-INVALID", "token非法")

Call = Callable[[str, bytes, str], Awaitable[Answer]]
"""What does a call of an API for who sits there: its name, its body and its key."""


class OldWires:
    """The old wires, for one mini-app."""

    def __init__(self, desk: Desk, call: Call) -> None:
        self.desk, self._call = desk, call
        self._key = secrets.token_bytes(16)
        self._passes: dict[str, tuple[Person, float]] = {}  # tickets and tokens: of whom, and until when

    async def handle(self, asked: Asked) -> Told:
        """Answer what a page posts to its own origin."""
        if asked.path == ENTER:
            return self._enter(asked)
        if asked.path == CALL:
            return await self._called(asked)
        self.desk.note("page", _said(asked.body, "what"))
        return Told(status=204)

    def ticket(self) -> dict[str, Any]:
        """Return a ticket of who sits there."""
        return {"result": True, "ticketId": self._issue(self.desk.person, TICKET_S)}

    def sign_on(self, asked: Asked) -> Told:
        """Answer a back end: a token for a ticket, which is good once, or the user for a token."""
        name, refusal = ("ticketId", BAD_TICKET) if asked.path == ACCESS else ("token", BAD_TOKEN)
        shown = _said(asked.body, name)
        person, until = self._passes.get(shown, (None, 0.0))
        if person is None or until < time.monotonic():
            code, message = refusal
            return as_json({"success": False, "errorCode": code, "errorMsg": message, "data": None})
        if asked.path == USER:
            return _good(_user(person))
        del self._passes[shown]
        return _good({"accessToken": self._issue(person, TOKEN_S)})

    def _issue(self, person: Person, life_s: int) -> str:
        made = secrets.token_hex(16)
        self._passes[made] = (person, time.monotonic() + life_s)
        return made

    def _enter(self, asked: Asked) -> Told:
        token = _said(asked.body, "token")
        if not token or token != self.desk.token:
            return as_json({}, 401)
        return Told(
            status=204, headers=(("set-cookie", f"{COOKIE}={token}; Path=/; HttpOnly; SameSite=Lax"),)
        )

    async def _called(self, asked: Asked) -> Told:
        id = uuid.uuid4().hex
        headers: tuple[tuple[str, str], ...] = ()
        ends, cookies = mgop.ends(time.time()), _cookies(asked)
        good = [self._token(end) for end in ends]
        try:
            call = mgop.sent(dict(parse_qsl(asked.query, keep_blank_values=True)))
            if not self.desk.token or cookies.get(COOKIE) != self.desk.token:
                raise Rejected(mgop.TOKEN_EXPIRED)
            mgop.check_time(call, time.time())
            token = mgop.signed_by(call, good, cookies.get(mgop.COOKIE, "").partition("_")[0])
        except Rejected as rejected:
            if rejected.rs == mgop.TOKEN_EMPTY:
                kept = f"{mgop.COOKIE}={good[0]}_{ends[0] * 1000}; Path=/; SameSite=Lax"
                headers = (("set-cookie", kept),)
            return Told(mgop.ill(rejected.rs, request_id=id), headers=headers)
        api = mgop.api_named(self.desk.manifest, call.api) or call.api
        answer = await self._call(api, asked.body, mgop.key_of(call, token, asked.body))
        return Told(_told(answer, id))

    def _token(self, end: int) -> str:
        text = f"{self.desk.token} {end}".encode()
        return uuid.uuid5(uuid.UUID(bytes=self._key), text.hex()).hex


def _told(answer: Answer, id: str) -> bytes:
    """Return an answer, or a refusal in the platform's shape, in the words of the old gateway."""
    if answer.status == 200:
        return mgop.well(answer.body)
    (error,) = msgspec.json.decode(answer.body)["errors"]
    facts = error["extensions"]
    if facts.get("source") == "app":
        refusal = Refusal(facts["code"], error["message"], facts["data"])
        return mgop.declined(refusal, request_id=id)
    return mgop.refused(facts["code"], facts.get("data") or {}, request_id=id)


def _user(person: Person) -> dict[str, Any]:
    """Return what the unified wire tells of somebody; of one who is not known by name, little."""
    named = person.citizen.level >= NAMED_LEVEL
    told = {
        "userName": person.name, "idType": "ID_CARD", "outerIdType": "111", "idNo": person.number,
        "gender": "2" if person.is_woman else "1", "birthday": person.born_on.isoformat(),
    }  # fmt: skip
    facts = told if named else dict.fromkeys(told, "")
    rest = dict.fromkeys(("attnUserType", "phone", "email", "nation", "certKey"), "")
    return {
        "userType": "PERSON", "personInfo": {"userId": person.citizen.sub, **facts, **rest, "attributes": {}},
        "legalPersonInfo": None, "organizationInfoList": [],
    }  # fmt: skip


def _good(data: dict[str, Any]) -> Told:
    return as_json({"success": True, "errorCode": "", "errorMsg": "", "data": data})


def _said(body: bytes, name: str) -> str:
    """Return what a body, JSON or a form, says of a name; "" when it says nothing."""
    try:
        fields = msgspec.json.decode(body, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError):
        fields = dict(parse_qsl(body.decode(errors="replace")))
    return str(fields.get(name, ""))


def _cookies(asked: Asked) -> dict[str, str]:
    pairs = asked.headers.get("cookie", "").split(";")
    return dict(pair.strip().partition("=")[::2] for pair in pairs)
