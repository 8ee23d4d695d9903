"""For the tests: what is kept lies in a folder of theirs, and the sign-on is played."""

import json
import os
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import pytest

FOLDER = TemporaryDirectory()
os.environ["BUS_PASS_FILE"] = str(Path(FOLDER.name) / "passes.sqlite")  # before the program is read

import app as program  # noqa: E402
from sso import SignOn  # noqa: E402


class Office:
    """The sign-on: knows tickets, each good once, and whom they are of."""

    def __init__(self) -> None:
        self.tickets: dict[str, str] = {}
        self.born: dict[str, str] = {}
        self.user_type = "PERSON"
        self.is_silent = False

    def ticket(self, user_id: str, born_on: str = "1944-11-08") -> str:
        """Return a ticket of somebody."""
        self.born[user_id] = born_on
        self.tickets[f"ticket-of-{user_id}"] = user_id
        return f"ticket-of-{user_id}"

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Answer one call."""
        if self.is_silent:
            raise httpx.ConnectError("nobody there")
        asked = json.loads(request.content)
        if request.url.path == "/uc/sso/access_token":
            assert asked["appId"] == "bus-pass"
            user = self.tickets.pop(asked["ticketId"], None)
            return self._told({"accessToken": user} if user else None, "C-USER-SSO-TICKET-INVALID")
        person = {"userId": asked["token"], "userName": "周桂英", "birthday": self.born[asked["token"]]}
        return self._told({"userType": self.user_type, "personInfo": person}, "")

    def _told(self, data: object, code: str) -> httpx.Response:
        good = data is not None
        told = {"success": good, "errorCode": "" if good else code, "errorMsg": "", "data": data}
        return httpx.Response(200, json=told)


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Office:
    """A sign-on that is played; the program asks it."""
    made = Office()
    transport = httpx.MockTransport(made.answer)
    monkeypatch.setattr(
        program, "sign_on", lambda: SignOn("http://sso.test", "bus-pass", transport=transport)
    )
    monkeypatch.setattr(program, "_today", lambda: date(2026, 11, 23))
    return made
