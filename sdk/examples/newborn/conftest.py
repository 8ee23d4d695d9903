"""For the tests: what is remembered lies in a folder of theirs, and the platform is played."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

FOLDER = TemporaryDirectory()
os.environ["MINIAPP_DECISIONS"] = str(Path(FOLDER.name) / "decisions.sqlite")  # before the program is read

from applying import CODE  # noqa: E402

from banshi.errors import DomainError  # noqa: E402
from banshi.serving import Citizen  # noqa: E402
from banshi.testing import Played  # noqa: E402

ID = "01930000-0000-7000-8000-000000000001"


def paper(kind: str, name: str, *ways: str) -> dict[str, Any]:
    """Return a material as the platform tells it; the first way is the best."""
    is_there = ways[:1] in (("IDENTITY",), ("CERTIFICATE",), ("WALLET",))
    way = ways[0] if ways else None
    return {"kind": kind, "name": name, "required": True, "settled": is_there, "way": way, "ways": ways}


class Office(Played):
    """Answers what the platform would of one item and the cases of one citizen."""

    def __init__(self) -> None:
        super().__init__(
            {
                "preparation": self.preparation, "startCase": self.start, "submitCase": self.submit,
                "cases": self.cases,
            }
        )  # fmt: skip
        self.refusal: DomainError | None = None
        self.problems: list[dict[str, str]] = []
        self.materials = [paper("id_card", "身份证", "IDENTITY"), paper("register", "户口簿", "WALLET")]
        self.case: dict[str, Any] = {
            "id": ID, "number": None, "state": "DRAFT", "code": CODE, "title": "办件", "region": "330106",
            "openedAt": "2026-11-20T04:00:00Z", "outcome": None, "receivedAt": None, "acceptedAt": None,
            "decidedAt": None, "completedAt": None, "materials": [],
        }  # fmt: skip

    def preparation(self, citizen: Citizen, variables: dict[str, Any]) -> dict[str, Any]:
        """Say what is there."""
        missing = sum(not each["settled"] for each in self.materials)
        return {
            "code": CODE, "name": "办件", "versionId": ID, "uploads": missing, "unknown": [],
            "problems": self.problems, "materials": self.materials, "barred": None,
        }  # fmt: skip

    def start(self, citizen: Citizen, variables: dict[str, Any]) -> dict[str, Any]:
        """Begin the case."""
        return self.case

    def submit(self, citizen: Citizen, variables: dict[str, Any]) -> dict[str, Any]:
        """Take the case in."""
        self.case |= {"number": "330106202611200000019", "state": "SUBMITTED"}
        return self.case

    def cases(self, citizen: Citizen, variables: dict[str, Any]) -> dict[str, Any]:
        """List the case once it was handed in."""
        if self.refusal is not None:
            raise self.refusal
        page = {"hasNextPage": False, "endCursor": None}
        return {"edges": [{"node": self.case}] if self.case["number"] else [], "pageInfo": page}


@pytest.fixture
def platform() -> Office:
    """A platform that is played."""
    return Office()
