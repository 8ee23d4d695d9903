"""Clients outside: told where they are registered now, turned on again, and kept news for in bounds."""

from datetime import timedelta

import pytest

from banshi import events
from identity.errors import ClientNotFound
from identity.oidc import registration
from miniapps.webhooks import queries, service
from miniapps.webhooks.errors import WebhookNotFound
from miniapps.webhooks.rules import HELD, LARGEST
from miniapps.webhooks.service import _planning
from miniapps.webhooks.tasks import TASKS
from storage.db import execute, fetch, transaction
from storage.ids import new_id
from tests.miniapps.cases.factories import NOON
from tests.miniapps.webhooks.conftest import APP, Receiver
from tests.miniapps.webhooks.test_slow import a_client, news_for
from tests.workers import drain

CLIENT = "rp_outside"
OFF = "UPDATE webhook_address SET off = 'gone', off_at = $1"


async def test_what_waited_for_an_address_that_was_off_is_sent_where_the_client_is_now(
    db, receiver: Receiver
):
    await a_client(CLIENT, "http://127.0.0.1:9/")
    first = await news_for(CLIENT)
    await execute(OFF, NOON)
    await drain(TASKS, NOON)
    assert (await queries.address(CLIENT)).off == "gone"

    secret = await registration.move_webhook(CLIENT, receiver.url, now=NOON)
    on = await service.turn_on(CLIENT, now=NOON)
    await drain(TASKS, NOON)

    assert (secret, on.url) == (None, receiver.url)
    assert receiver.ids == [f"msg_{first.hex}"]
    assert (await queries.address(CLIENT)).off is None
    acts = {row["act"] for row in await fetch("SELECT act FROM audit_row")}
    assert {"client.move_webhook", "webhook.register"} <= acts


async def test_only_a_client_outside_that_has_an_address_is_turned_on_or_moved(world):
    for client_id in (APP, "rp_nobody"):
        with pytest.raises(WebhookNotFound):
            await service.turn_on(client_id, now=NOON)
        with pytest.raises(ClientNotFound):
            await registration.move_webhook(client_id, world.receiver.url, now=NOON)


async def test_for_an_address_that_is_off_for_long_only_what_it_must_hear_is_kept(world):
    await world.work()
    await execute(OFF, NOON)
    sub = new_id()
    facts = {"sub": sub.hex, "at": NOON, "client_id": APP}
    granted = events.ConsentGranted(**facts, scopes=[])
    withdrawn = events.ConsentWithdrawn(**facts, withdrawn=[], remaining=[])

    kept = []
    for now in (NOON + HELD, NOON + HELD + timedelta(seconds=1)):
        async with transaction():
            kept += [await _planning.plan(each, APP, line=sub, now=now) for each in (granted, withdrawn)]

    assert [each is not None for each in kept] == [True, True, False, True]


async def test_news_of_64_kb_are_told_and_one_byte_more_is_refused_with_what_made_them(world):
    await world.work()
    facts = {"sub": new_id().hex, "at": NOON, "client_id": APP, "remaining": []}
    bare = len(events.body(events.ConsentWithdrawn(**facts, withdrawn=[""])))
    before = await fetch("SELECT id FROM webhook_delivery")

    def news(size: int) -> events.ConsentWithdrawn:
        return events.ConsentWithdrawn(**facts, withdrawn=["x" * (size - bare)])

    async with transaction():
        assert await _planning.plan(news(LARGEST), APP, line=None, now=NOON) is not None
    with pytest.raises(ValueError, match=f"more than {LARGEST} bytes"):
        async with transaction():
            await execute(OFF, NOON)
            await _planning.plan(news(LARGEST + 1), APP, line=None, now=NOON)

    assert len(await fetch("SELECT id FROM webhook_delivery")) == len(before) + 1
    assert (await queries.address(APP)).off is None
    await drain(TASKS, NOON)
    assert [len(body) for body in world.receiver.bodies[-1:]] == [LARGEST] == [64 * 1024]
