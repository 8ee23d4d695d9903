"""Pages tell of their errors from their own origin; nobody alone can make many of them."""

import httpx
import pytest

from api.settings import Settings
from identity import tokens
from miniapps.insight.rules.counting import What
from miniapps.insight.service.noting import Buffer, counting_into
from miniapps.release import service
from storage import clock
from storage.settings import QueueSettings
from tests.api.conftest import some_settings
from tests.identity.factories import make_session
from tests.miniapps.catalog.factories import SCOPES
from tests.miniapps.release.factories import APP, OLD, make_versions

HOST = f"{APP}.apps.localhost:8000"


@pytest.fixture
def settings(valkey) -> Settings:
    return some_settings(queue=QueueSettings(url=valkey.url))


@pytest.fixture
def buffer():
    buffer = Buffer()
    with counting_into(buffer):
        yield buffer


async def opened(sessions: int = 1) -> list[str]:
    """The tokens of a citizen's openings now, each in a session of its own."""
    await make_versions()
    now = await clock.now()
    made = [(await make_session(now=now))[1] for _ in range(sessions)]
    return [(await service.open_(citizen, APP, SCOPES, now=now)).token for citizen in made]


async def send(client: httpx.AsyncClient, token: str, *, what: str = "page_error") -> httpx.Response:
    return await client.post("/beacon", json={"token": token, "what": what}, headers={"host": HOST})


def errors(buffer: Buffer) -> list[tuple[str, str, int]]:
    return [
        (each.app_id, each.version, each.counts[What.PAGE_ERROR])
        for each in buffer.take()
        if each.counts[What.PAGE_ERROR]
    ]


@pytest.mark.parametrize("what", [What.PAGE_VIEW, What.PAGE_EVENT])
async def test_what_is_seen_counts_each_time_and_of_nobody(client, buffer, what):
    (token,) = await opened()
    people = dict(buffer.people)

    for _ in range(3):
        assert (await send(client, token, what=what.name.lower())).status_code == 204

    assert [each.counts[what] for each in buffer.take() if each.counts[what]] == [3]
    assert buffer.people == people


async def test_a_page_s_errors_count_once_a_minute_for_a_person_in_however_many_sessions(client, buffer):
    tokens_ = await opened(sessions=2)

    answers = [await send(client, token) for token in tokens_ * 2]

    assert [answer.status_code for answer in answers] == [204] * 4
    assert errors(buffer) == [(APP, OLD, 1)]
    assert len(buffer.people) == 1


async def test_only_a_mini_app_s_token_counts(client, buffer):
    await opened()
    session_token, citizen = await make_session(now=await clock.now())

    for token, status in ((session_token, 401), ("a" + "0" * 64, 401), ("", 401)):
        assert (await send(client, token)).status_code == status
    stranger = await tokens.issue(citizen, "another-client", [], now=await clock.now())
    assert (await send(client, stranger)).status_code == 404
    assert errors(buffer) == []


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"token": 1, "what": "page_error"}', b"\xff"])
async def test_what_is_no_beacon_is_refused(client, body):
    assert (await client.post("/beacon", content=body, headers={"host": HOST})).status_code == 400


async def test_only_what_pages_may_tell_is_counted(client, buffer):
    [token] = await opened()

    assert (await send(client, token, what="complaint")).status_code == 400
    assert errors(buffer) == []
