"""Where a mini-app is told: an address on the public internet, registered by its team, and tried."""

import asyncio
import socket

import pytest

from banshi.errors import InvalidInput, ScopeMissing
from identity.oidc import issuer
from identity.oidc.issuer import OidcSettings
from identity.roles import Role
from miniapps.catalog.errors import AppNotFound, CredentialNotFound
from miniapps.webhooks import queries, service
from miniapps.webhooks.errors import DeliveryNotFound, WebhookNotFound, WebhookRefused
from storage.db import fetch
from tests.api.conftest import an_actor, as_operator
from tests.miniapps.release.factories import as_developer
from tests.miniapps.webhooks.conftest import APP, LIVE, NOON, TRIAL

INSIDE = (
    "http://example.com/hook", "https://127.0.0.1/", "https://10.0.0.1/", "https://192.168.1.1/",
    "https://172.16.3.4/", "https://169.254.169.254/latest/meta-data", "https://[::1]/", "https://[fe80::1]/",
    "https://[::ffff:127.0.0.1]/", "https://[64:ff9b::7f00:1]/", "https://100.64.0.1/", "https://0.0.0.0/",
    "https://2130706433/", "https://0x7f.1/", "https://localhost/", "https://user@example.com/",
    "https://example.com/#part", "ftp://example.com/", "https://", "gopher://127.0.0.1:70/", "javascript:1",
)  # fmt: skip


@pytest.mark.parametrize("url", INSIDE)
async def test_no_address_inside_is_registered(world, url):
    issuer.configure(OidcSettings(loopback_allowed=False))
    try:
        with pytest.raises(WebhookRefused):
            await service.register(world.developer, APP, LIVE, url, now=NOON)
    finally:
        issuer.configure(OidcSettings())


async def test_a_name_that_leads_inside_at_sending_is_not_called(world, receiver, monkeypatch):
    """Rebinding: what was looked up when it was registered says nothing of the moment of sending."""
    issuer.configure(OidcSettings(loopback_allowed=False))
    places = [("93.184.216.34", 443), ("127.0.0.1", 443)]

    async def look_up(*_, **__):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", places.pop(0) if len(places) > 1 else places[0])]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", look_up)
    try:
        await service.register(world.developer, APP, LIVE, "https://rebound.example/", now=NOON)
        await world.user()
        await world.work()
    finally:
        issuer.configure(OidcSettings())
    [one] = (await queries.deliveries(world.developer, APP, first=1, after=None)).rows
    assert [each.problem for each in one.tries] == ["refused"]
    assert receiver.ids == []


async def test_a_test_is_marked_and_is_of_nobody(world, receiver):
    for type in ("case.decided", "data.erased", "release.promoted"):
        made = await service.try_out(world.developer, APP, LIVE, type, now=NOON)
        await world.work()

        told = receiver.told[-1]
        assert (told["type"], told["test"]) == (type, True)
        assert told["data"].get("sub") in (None, "0" * 32)
        assert (await queries.delivery(world.developer, made.row.id)).row.state == "delivered"
    receiver.decide = lambda told: 500
    failed = await service.try_out(world.developer, APP, LIVE, "case.decided", now=NOON)
    await world.work()
    assert (await queries.delivery(world.developer, failed.row.id)).row.state == "dead"
    assert (await queries.address(APP)).failing_since is None
    with pytest.raises(InvalidInput):
        await service.try_out(world.developer, APP, LIVE, "case.lost", now=NOON)


async def test_each_verb_is_the_teams_and_leaves_a_row(world, receiver):
    made = await service.try_out(world.developer, APP, LIVE, "case.decided", now=NOON)
    stranger, operator = as_developer(), as_operator()
    for verb in (
        lambda who: service.register(who, APP, LIVE, receiver.url, now=NOON),
        lambda who: service.remove(who, APP, LIVE, now=NOON),
        lambda who: service.replay_since(who, APP, LIVE, NOON, now=NOON),
        lambda who: service.try_out(who, APP, LIVE, "case.decided", now=NOON),
        lambda who: queries.addresses(who, APP),
        lambda who: queries.deliveries(who, APP, first=5, after=None),
    ):
        with pytest.raises(AppNotFound):
            await verb(stranger)
        with pytest.raises(ScopeMissing):
            await verb(operator)
    with pytest.raises(DeliveryNotFound):
        await service.replay(stranger, made.row.id, now=NOON)
    with pytest.raises(ScopeMissing):
        await service.replay(an_actor(Role.CITIZEN), made.row.id, now=NOON)

    await service.replay(world.developer, made.row.id, now=NOON)
    await service.replay_since(world.developer, APP, LIVE, NOON, now=NOON)
    await service.remove(world.developer, APP, LIVE, now=NOON)
    rows = await fetch("SELECT act FROM audit_row WHERE act LIKE 'webhook.%' ORDER BY id")
    assert {row["act"] for row in rows} == {
        "webhook.register", "webhook.try", "webhook.replay", "webhook.replay_since", "webhook.remove",
    }  # fmt: skip
    with pytest.raises(WebhookNotFound):
        await service.try_out(world.developer, APP, LIVE, "case.decided", now=NOON)


async def test_without_credentials_there_is_nothing_to_sign_with(world, receiver):
    with pytest.raises(CredentialNotFound):
        await service.register(world.developer, APP, TRIAL, receiver.url, now=NOON)


async def test_without_an_address_nothing_is_kept(world, receiver):
    await service.remove(world.developer, APP, LIVE, now=NOON)
    await world.user()
    await world.work()

    assert await fetch("SELECT 1 FROM webhook_delivery WHERE type = 'consent.granted'") == []
