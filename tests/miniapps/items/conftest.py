"""The dictionaries, where the tests of items have them."""

from collections.abc import Sequence

import msgspec
import pytest

from storage import words as dictionaries
from storage.words._reader import answer


@pytest.fixture
def apart() -> None:
    """The dictionaries in a process of their own, as workers ask them."""


@pytest.fixture(autouse=True)
def at_hand(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same in this process, where they start once for all tests: that takes more than a second."""

    async def read(batch: Sequence[dictionaries.Said]) -> list[dictionaries.Heard]:
        return msgspec.json.decode(answer(msgspec.json.encode(batch)), type=list[dictionaries.Heard])

    if "apart" not in request.fixturenames:
        monkeypatch.setattr(dictionaries, "read", read)
