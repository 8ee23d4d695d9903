"""For the tests: what is remembered lies in a folder of theirs, and the platform is played."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import pytest

FOLDER = TemporaryDirectory()
os.environ["MINIAPP_DECISIONS"] = str(Path(FOLDER.name) / "decisions.sqlite")  # before the program is read

from applying import CODE  # noqa: E402

from banshi.platform import OnBehalf  # noqa: E402

ID = "01930000-0000-7000-8000-000000000001"


def paper(kind: str, name: str, *ways: str) -> dict[str, Any]:
    """Return a material as the platform tells it; the first way is the best."""
    is_there = ways[:1] in (("IDENTITY",), ("CERTIFICATE",), ("WALLET",))
    way = ways[0] if ways else None
    return {"kind": kind, "name": name, "required": True, "settled": is_there, "way": way, "ways": ways}


class Played:
    """Answers what the platform would, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.token = ""
        self.refusal = ""
        self.problems: list[dict[str, str]] = []
        self.materials = [paper("id_card", "身份证", "IDENTITY"), paper("register", "户口簿", "WALLET")]
        self.case: dict[str, Any] = {
            "id": ID, "number": None, "state": "DRAFT", "code": CODE, "title": "办件", "region": "330106",
            "openedAt": "2026-11-20T04:00:00Z", "outcome": None, "receivedAt": None, "acceptedAt": None,
            "decidedAt": None, "completedAt": None, "materials": [],
        }  # fmt: skip

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Answer one request of the typed client."""
        sent = json.loads(request.content)
        name = next(
            each
            for each in ("preparation", "startCase", "submitCase", "cases")
            if each + "(" in sent["query"]
        )
        self.token = request.headers["authorization"].removeprefix("Bearer ")
        self.asked.append((name, sent["variables"]))
        if self.refusal:
            error = {"message": "no", "extensions": {"code": self.refusal, "data": {}}}
            return httpx.Response(200, json={"errors": [error]})
        return httpx.Response(200, json={"data": {name: self._data(name)}})

    def _data(self, name: str) -> Any:
        if name == "preparation":
            missing = sum(not each["settled"] for each in self.materials)
            return {
                "code": CODE, "name": "办件", "versionId": ID, "uploads": missing, "unknown": [],
                "problems": self.problems, "materials": self.materials, "barred": None,
            }  # fmt: skip
        if name == "submitCase":
            self.case |= {"number": "330106202611200000019", "state": "SUBMITTED"}
        if name == "cases":
            page = {"hasNextPage": False, "endCursor": None}
            return {"edges": [{"node": self.case}] if self.case["number"] else [], "pageInfo": page}
        return self.case


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> Iterator[Played]:
    """A platform that is played."""
    played = Played()

    def behind(url: str, token: str) -> OnBehalf:
        return OnBehalf(url, token, http=httpx.AsyncClient(transport=httpx.MockTransport(played.answer)))

    monkeypatch.setattr("applying.OnBehalf", behind)
    yield played
