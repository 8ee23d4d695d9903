"""A mini-app with one API and one handler of events."""

from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from banshi import Citizen, MiniApp, events
from banshi.testing import TestClient, fake
from tests.sdk.gate.good import MANIFEST_TEXT

TEXT = MANIFEST_TEXT + 'events: ["case.decided"]\n'


class Ask(msgspec.Struct, forbid_unknown_fields=True):
    rent: int


@dataclass
class Answer:
    most: int
    elder: bool


@pytest.fixture
def app(tmp_path: Path) -> MiniApp:
    file = tmp_path / "miniapp.yaml"
    file.write_text(TEXT)
    return MiniApp.from_manifest(file)


@pytest.fixture
def seen() -> list[object]:
    return []


@pytest.fixture
async def client(app: MiniApp, seen: list[object]):
    @app.api("rent.check", scope="profile:read")
    async def check(citizen: Citizen, ask: Ask) -> Answer:
        if ask.rent > 9000:
            citizen.require("profile:read", level=3)
        if ask.rent == 0:
            raise RuntimeError("王芳")
        return Answer(ask.rent * 12, citizen.elder)

    @app.on(events.CaseDecided)
    async def decided(event: events.CaseDecided) -> None:
        seen.append(event)
        if len(seen) == 1 and event.sub == "fails once":
            raise RuntimeError("not yet")

    async with TestClient(app, citizen=fake.adult(level=2), elder=True) as made:
        yield made
