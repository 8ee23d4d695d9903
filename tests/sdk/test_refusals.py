"""The classes of refusals: one for each code of docs/errors.md, under the kind of its status."""

import re
from pathlib import Path

import httpx
import pytest

from banshi import client, refusals
from banshi.client import Platform, refusal
from banshi.refusals import (
    OF_CODE,
    Busy,
    Conflict,
    ConsentWanted,
    Denied,
    Failed,
    Missing,
    Refused,
    conflict,
    failed,
)

DOCS = Path(__file__).parents[2] / "docs" / "errors.md"
HOME = "https://platform.example"
ROW = re.compile(r'^\| <a id="([a-z0-9_]+)"></a>`([A-Z0-9_]+)` \| (\d+) \| (yes)? *\|', re.MULTILINE)


def test_every_documented_code_has_a_class_and_no_other():
    rows = ROW.findall(DOCS.read_text())

    assert {code for _, code, _, _ in rows} == OF_CODE.keys()
    for anchor, code, status, again in rows:
        kind = OF_CODE[code]
        assert (kind.status, kind.retryable) == (int(status), again == "yes"), code
        assert kind({"extensions": {"code": code}}, HOME).docs_url == f"{HOME}/docs/errors#{anchor}"


def test_the_hierarchy_is_drawn_whole():
    drawn = refusals.__doc__ or ""

    for kind in OF_CODE.values():
        assert re.search(rf"\b{kind.__name__}\b", drawn), kind
        assert kind.__doc__


def test_a_refusal_is_of_its_class_and_tells_what_it_is_about():
    error = refusal(
        {"message": "It went.", "extensions": {"code": "APP_LOST", "data": {"app_id": "a"}, "source": "app"}}
    )

    assert isinstance(error, failed.AppLost)
    assert isinstance(error, Failed)
    assert (error.data, error.retryable, error.is_of_app) == ({"app_id": "a"}, True, True)
    assert error.docs_url is None, "its back end made the code up"
    assert isinstance(
        refusal({"extensions": {"code": "CASE_SECOND_CORRECTION"}}), conflict.CaseSecondCorrection
    )
    assert issubclass(conflict.CaseSecondCorrection, Conflict)
    assert {OF_CODE["CASE_NOT_FOUND"].__base__, OF_CODE["OWN_POST"].__base__} == {Missing, Denied}


@pytest.mark.parametrize("code", ["SCOPE_MISSING", "APP_CONSENT_NEEDED"])
def test_what_wants_consent_is_one_class_that_says_to_what(code):
    error = refusal({"message": "No.", "extensions": {"code": code, "data": {"scope": "notices:send"}}})

    assert isinstance(error, ConsentWanted) and isinstance(error, Denied)
    assert error.scope == "notices:send"


def test_a_code_of_a_later_platform_is_a_plain_refusal():
    error = refusal({"message": "new", "extensions": {"code": "FROM_THE_FUTURE"}})

    assert (type(error), error.code, error.retryable) == (Refused, "FROM_THE_FUTURE", False)


@pytest.fixture
def waits(monkeypatch) -> list[float]:
    waited: list[float] = []

    async def note(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(client.asyncio, "sleep", note)
    return waited


async def answering(*answers: httpx.Response) -> Platform:
    left = list(answers)
    transport = httpx.MockTransport(lambda _: left.pop(0))
    return Platform("http://platform.test", http=httpx.AsyncClient(transport=transport))


def busy(seconds: int) -> httpx.Response:
    told = {"code": "RATE_LIMITED", "data": {"retry_after_s": str(seconds)}}
    return httpx.Response(429, json={"errors": [{"message": "slowly", "extensions": told}]})


async def test_who_is_told_to_come_back_comes_back_then(waits):
    platform = await answering(busy(3), httpx.Response(200, json={"ok": True}))

    assert await platform.call("POST", "/x", {}) == {"ok": True}
    assert waits == [3]


async def test_nobody_waits_for_minutes(waits):
    platform = await answering(busy(600))

    with pytest.raises(Busy) as refused:
        await platform.call("POST", "/x", {})
    assert (refused.value.retry_after_s, waits) == (600, [])
