"""A client with a webhook is told what a citizen took back: signed, at least once, by one id."""

import base64
import hashlib
import hmac
from datetime import timedelta

import msgspec
import pytest

from banshi import events
from identity import clients, consents
from identity.oidc import issuer, sweeping
from identity.oidc.issuer import OidcSettings
from identity.oidc.requests import CONSENT_LIFE
from miniapps.webhooks.tasks import TASKS
from storage import clock
from storage.db import fetch
from tests.api.oidc.conftest import actor_of
from tests.api.oidc.relying import Rp, add, payload_of
from tests.api.oidc.test_backchannel import receiver  # noqa: F401
from tests.identity.factories import WANG
from tests.receiving import Receiver
from tests.workers import drain


def opened(rp: Rp, receiver: Receiver, place: int = -1) -> dict:  # noqa: F811
    """What was received, once its signature is found good as the norm has it."""
    head, body = receiver.heads[place], receiver.bodies[place]
    assert rp.webhook_secret is not None
    key = base64.b64decode(rp.webhook_secret.removeprefix("whsec_"))
    text = f"{head['webhook-id']}.{head['webhook-timestamp']}.".encode() + body
    good = base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()
    assert head["webhook-signature"] == f"v1,{good}"
    assert head["content-type"] == "application/json"
    return msgspec.json.decode(body)


async def settle() -> list[str]:
    """Let the worker answer all facts that are due."""
    return [done.word for done in await drain(TASKS, await clock.now())]


async def withdraw(token: str, rp: Rp) -> None:
    await consents.withdraw(await actor_of(token), rp.client_id, now=await clock.now())


async def test_a_client_is_told_of_a_withdrawal_and_nobody_else_is(client, code_for, token, receiver):  # noqa: F811
    rp = await add(client, webhook_uri=receiver.url)
    other, quiet = await add(client, webhook_uri=receiver.url), await add(client)
    given = (await rp.redeem(await code_for(rp))).json()
    for each in (other, quiet):
        await code_for(each)

    await withdraw(token, quiet)
    await settle()
    assert receiver.bodies == []
    await withdraw(token, rp)
    await withdraw(token, rp)
    await settle()

    assert len(receiver.bodies) == 1
    told = opened(rp, receiver)
    assert (told["type"], told["version"]) == ("consent.withdrawn", 1)
    assert told["timestamp"]
    assert told["data"] == {
        "sub": payload_of(given["id_token"])["sub"], "client_id": rp.client_id,
        "withdrawn": ["openid", "phone", "profile.name"], "remaining": [],
    }  # fmt: skip
    assert msgspec.convert(told["data"] | {"at": told["timestamp"]}, events.ConsentWithdrawn)


async def test_nothing_that_is_sent_or_kept_names_the_citizen(client, code_for, token, receiver):  # noqa: F811
    rp = await add(client, webhook_uri=receiver.url)
    await code_for(rp)
    person = str((await actor_of(token)).person_id)

    await withdraw(token, rp)
    await settle()

    rows = await fetch("SELECT party_id, payload FROM outbox WHERE type = 'webhook.due'")
    for text in (receiver.bodies[0].decode(), str(receiver.heads[0]), rows[0]["payload"]):
        for secret in (WANG.name, WANG.number, WANG.phone, person, person.replace("-", "")):
            assert secret not in text
    assert rows[0]["party_id"] is None  # a client that is away holds up nothing else of his
    assert rp.webhook_secret.encode().hex() not in str(await fetch("SELECT c::text FROM oidc_client AS c"))


async def test_a_client_that_is_down_is_told_later_by_the_same_id(client, code_for, token, receiver):  # noqa: F811
    rp = await add(client, webhook_uri=receiver.url)
    await code_for(rp)
    await withdraw(token, rp)

    for status in (503, 500, 302, 400, 204):
        receiver.status = status
        await settle()
        await clock.shift(timedelta(hours=2))
    assert await settle() == []

    assert len({head["webhook-id"] for head in receiver.heads}) == 1
    assert len({head["webhook-timestamp"] for head in receiver.heads}) == 5
    assert {body for body in receiver.bodies} == {receiver.bodies[0]}
    assert opened(rp, receiver)["type"] == "consent.withdrawn"


async def test_what_the_citizen_takes_out_is_told_with_what_is_left(client, code_for, receiver):  # noqa: F811
    rp = await add(client, webhook_uri=receiver.url)
    await code_for(rp, scope="openid profile.name phone cases:read")

    await code_for(rp, keys={"profile.name"}, prompt="consent", scope="openid profile.name phone")
    await settle()
    await code_for(rp, prompt="consent", scope="openid profile.name phone")  # and gives it again
    await settle()

    assert len(receiver.bodies) == 1
    data = opened(rp, receiver)["data"]
    assert (data["withdrawn"], data["remaining"]) == (["phone"], ["cases:read", "openid", "profile.name"])


async def test_what_was_never_granted_is_not_lost(client, code_for, receiver):  # noqa: F811
    rp = await add(client, webhook_uri=receiver.url)
    await code_for(rp, keys={"profile.name"})

    await code_for(rp, keys={"profile.name"}, prompt="consent")
    await settle()

    assert receiver.bodies == []


async def test_a_consent_whose_time_is_over_is_told_once(client, code_for, receiver):  # noqa: F811
    rp = await add(client, webhook_uri=receiver.url)
    await code_for(rp)
    over = await clock.now() + CONSENT_LIFE + timedelta(hours=1)

    for _ in range(2):
        await sweeping.sweep(now=over)
        await settle()

    assert len(receiver.bodies) == 1
    told = opened(rp, receiver)
    assert told["data"]["remaining"] == []
    assert told["timestamp"] < over.isoformat()  # when it ended, not when it was noticed


async def test_many_that_are_over_end_by_two_statements_a_lot(client, code_for, statements, monkeypatch):
    monkeypatch.setattr(consents, "AT_ONCE", 2)
    for _ in range(3):
        await code_for(await add(client))
    over = await clock.now() + CONSENT_LIFE + timedelta(hours=1)
    statements.clear()

    await consents.sweep(now=over)

    sent = [sql for sql in statements if not sql.startswith(("BEGIN", "COMMIT"))]
    assert len(sent) == 4
    assert len(await fetch("SELECT id FROM consent WHERE withdrawn_at IS NOT NULL")) == 3
    assert len(await fetch("SELECT id FROM outbox WHERE type = 'consent.withdrawn'")) == 3


@pytest.mark.parametrize("status", [200, 410])
async def test_who_took_it_or_wants_none_is_left_alone(client, code_for, token, receiver, status):  # noqa: F811
    rp = await add(client, webhook_uri=receiver.url)
    await code_for(rp)
    receiver.status = status

    await withdraw(token, rp)

    await settle()
    await clock.shift(timedelta(days=5))
    await settle()
    assert len(receiver.bodies) == 1


async def test_a_client_switched_off_meanwhile_hears_nothing(client, code_for, token, receiver):  # noqa: F811
    rp = await add(client, webhook_uri=receiver.url)
    await code_for(rp)
    receiver.status = 503
    await withdraw(token, rp)
    await settle()

    await clients.disable(rp.client_id, now=await clock.now())

    await clock.shift(timedelta(minutes=1))
    await settle()
    assert len(receiver.bodies) == 1


async def test_an_address_inside_is_never_called(client, code_for, token, receiver):  # noqa: F811
    rp = await add(client, webhook_uri=receiver.url)
    await code_for(rp)
    issuer.configure(OidcSettings(loopback_allowed=False))
    try:
        await withdraw(token, rp)
        await settle()
    finally:
        issuer.configure(OidcSettings())

    assert receiver.bodies == []
    [row] = await fetch("SELECT state, tries FROM webhook_delivery")
    assert row["state"] == "waiting" and '"refused"' in row["tries"]
