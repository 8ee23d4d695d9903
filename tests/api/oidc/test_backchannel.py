"""Clients are told when a sign-in ends, and nobody else is called."""

from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import parse_qs

import pytest

from identity import sessions, signing
from identity.events import SessionEnded
from identity.oidc import backchannel
from identity.oidc.backchannel import EVENT, LogoutDue
from identity.signing import BadSignature, Purpose
from storage import clock
from storage.db import fetch
from tests.api.oidc.conftest import actor_of
from tests.api.oidc.relying import ISSUER, add, header_of, payload_of
from tests.receiving import Receiver


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    made = Receiver()
    async with made.listening("/bye"):
        yield made


async def planned() -> list[str]:
    rows = await fetch("SELECT app_id FROM outbox WHERE type = 'oidc.logout_due' ORDER BY seq")
    return [row["app_id"] for row in rows]


async def test_a_client_that_was_signed_in_to_is_told_and_can_check_it(client, code_for, token, receiver):
    rp = await add(client, backchannel_logout_uri=receiver.url)
    stranger = await add(client, backchannel_logout_uri=receiver.url)
    quiet = await add(client)
    given = (await rp.redeem(await code_for(rp))).json()
    await quiet.redeem(await code_for(quiet))
    await code_for(stranger)  # a code that was never redeemed
    actor, now = await actor_of(token), await clock.now()

    await sessions.revoke(actor, actor.session_id, now=now)
    [ended] = await fetch("SELECT payload FROM outbox WHERE type = 'session.ended'")
    assert str(actor.session_id) in ended["payload"]
    event = SessionEnded(party_id=actor.person_id, session_id=actor.session_id, at=now)
    await backchannel.plan(event, now=now)
    assert await planned() == [rp.client_id]
    due = LogoutDue(party_id=actor.person_id, session_id=actor.session_id, client_id=rp.client_id)
    await backchannel.tell(due, now=now)

    [logout_token] = parse_qs(receiver.bodies[0].decode())["logout_token"]
    header, payload, known = header_of(logout_token), payload_of(logout_token), payload_of(given["id_token"])
    assert header["typ"] == "logout+jwt"
    assert payload["events"] == {EVENT: {}}
    assert (payload["iss"], payload["aud"]) == (ISSUER, rp.client_id)
    assert (payload["sub"], payload["sid"]) == (known["sub"], known["sid"])
    assert payload["jti"] and "nonce" not in payload
    with pytest.raises(BadSignature):  # it cannot be shown to us as a hint
        await signing.verify(Purpose.ID_TOKEN, logout_token)


async def test_a_client_that_fails_is_told_again_and_one_that_refuses_is_not(client, token, receiver):
    rp = await add(client, backchannel_logout_uri=receiver.url)
    actor, now = await actor_of(token), await clock.now()
    due = LogoutDue(party_id=actor.person_id, session_id=actor.session_id, client_id=rp.client_id)

    receiver.status = 503
    with pytest.raises(ConnectionError):
        await backchannel.tell(due, now=now)
    receiver.status = 400
    await backchannel.tell(due, now=now + timedelta(minutes=1))

    assert len(receiver.bodies) == 2


async def test_all_sessions_that_end_at_once_are_told_of(client, sign_in, token):
    await sign_in("wang_fang")
    actor = await actor_of(token)

    await sessions.revoke_all(actor, keep_current=True, now=await clock.now())

    assert len(await fetch("SELECT 1 FROM outbox WHERE type = 'session.ended'")) == 1
