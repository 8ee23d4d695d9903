"""Who lets us wait stands in nobody's way but his own, and no try outlives the job that writes it down."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import msgspec
import pytest

from banshi import events
from identity.clients import AuthMethod
from identity.oidc import issuer, registration
from identity.oidc.issuer import OidcSettings
from identity.oidc.registration import Registration
from miniapps.webhooks import queries, service
from miniapps.webhooks.service import _planning, _sending, _trying
from storage.db import fetch, transaction
from storage.ids import new_id
from tests.miniapps.cases.factories import NOON

HANGING = 8
TRIES = "SELECT client_id, state, failures, jsonb_array_length(tries) AS tries FROM webhook_delivery"


class Silent:
    """A server that takes what is sent and never answers."""

    def __init__(self) -> None:
        self.calls = 0
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.calls += 1
        await reader.read()
        writer.close()


@pytest.fixture
async def silent() -> AsyncIterator[Silent]:
    made = Silent()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    yield made
    server.close()


@pytest.fixture(autouse=True)
def impatient(db, monkeypatch) -> None:
    """The same clockwork, ten times as fast."""
    issuer.configure(OidcSettings())
    monkeypatch.setattr(_trying, "QUICK_S", 0.3)
    monkeypatch.setattr(_trying, "TIMEOUT_S", 1.5)


async def a_client(client_id: str, url: str) -> str:
    wanted = Registration(
        name=client_id, operator=client_id, redirect_uris=["https://rp.example/cb"], webhook_uri=url,
        client_id=client_id, auth_method=AuthMethod.NONE, scopes={"openid": ""},
    )  # fmt: skip
    await registration.add(wanted, now=NOON)
    return client_id


async def news_for(client_id: str) -> UUID:
    sub = new_id()
    told = events.ConsentWithdrawn(sub=sub.hex, at=NOON, client_id=client_id, withdrawn=[], remaining=[])
    async with transaction():
        made = await _planning.plan(told, client_id, line=sub, now=NOON)
    assert made is not None
    return made


async def tried(client_id: str) -> tuple[str, int, int]:
    [row] = await fetch(f"{TRIES} WHERE client_id = $1", client_id)
    return row["state"], row["failures"], row["tries"]


async def send(*clients: str) -> None:
    """Let a worker process do these jobs at once."""
    await asyncio.gather(*(service.send_due(each, now=NOON) for each in clients))


async def test_eight_who_hang_hold_up_nobody_else(silent, receiver):
    hanging = [await a_client(f"rp_hanging{number}", silent.url) for number in range(HANGING)]
    healthy = await a_client("rp_healthy", receiver.url)
    for each in (*hanging, healthy):
        await news_for(each)

    for lane in range(0, HANGING, _sending.QUICK_PLACES):  # each holds a place for one short try
        await send(*hanging[lane : lane + _sending.QUICK_PLACES])
    assert {await tried(each) for each in hanging} == {("waiting", 0, 1)}
    assert all([(await queries.address(each)).slow for each in hanging])

    waiting = [asyncio.create_task(service.send_due(each, now=NOON)) for each in hanging]
    while silent.calls == HANGING:
        await asyncio.sleep(0.01)
    await service.send_due(healthy, now=NOON)
    assert not all(task.done() for task in waiting)  # one of them has its long try at this moment
    assert await tried(healthy) == ("delivered", 0, 1)
    await asyncio.gather(*waiting)
    assert sorted([await tried(each) for each in hanging]) == [("waiting", 0, 1)] * 7 + [("waiting", 1, 2)]
    later = await fetch("SELECT payload FROM outbox WHERE not_before > $1 AND type = 'webhook.due'", NOON)
    assert {msgspec.json.decode(row["payload"])["client_id"] for row in later} == set(hanging)


async def test_who_answers_in_time_again_goes_back_to_the_others(silent, receiver):
    slow = await a_client("rp_slow", receiver.url)
    await news_for(slow)
    await send(slow)
    await fetch("UPDATE webhook_address SET slow = TRUE")

    await news_for(slow)
    await send(slow)

    assert not (await queries.address(slow)).slow
    assert len(receiver.ids) == 2


async def test_a_job_that_is_ended_cuts_its_tries_and_says_so(silent, receiver):
    hanging = await a_client("rp_hanging", silent.url)
    made = await news_for(hanging)
    job = asyncio.create_task(service.send_due(hanging, now=NOON))
    while silent.calls == 0:
        await asyncio.sleep(0.01)

    job.cancel()
    with pytest.raises(asyncio.CancelledError):
        await job

    [row] = await fetch("SELECT failures, tries, leased_until FROM webhook_delivery WHERE id = $1", made)
    assert (row["failures"], row["leased_until"]) == (0, None)
    assert '"cut"' in row["tries"]
    assert {task.get_coro().__name__ for task in asyncio.all_tasks()} & {"attempt"} == set()


async def test_no_try_outlives_its_lease(silent, receiver, monkeypatch):
    hanging = await a_client("rp_hanging", silent.url)
    await news_for(hanging)
    monkeypatch.setattr(_sending, "LEASE_S", _sending.SPARE_S - 1)  # opening what is sent took so long

    await send(hanging)

    assert silent.calls == 0
    assert (await tried(hanging))[:2] == ("waiting", 0)
