"""The libraries of the norm, unmodified, verify our deliveries: by the old secret, and by its successor."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from banshi import signing
from miniapps.catalog.service import credentials
from tests.miniapps.webhooks.conftest import APP, LIVE
from tests.miniapps.webhooks.conftest import receiver as receiver
from tests.miniapps.webhooks.conftest import world as world

PROGRAM = Path(__file__).with_name("webhooks.mjs")


@pytest.fixture
async def delivered(world):
    """The headers and body of a delivery made just now, and the two secrets that sign."""
    now = datetime.now(UTC)
    made = await credentials.rotate_webhook_secret(world.developer, APP, LIVE, now=now)
    await world.user()
    await world.work(now)
    heads = {name: text for name, text in world.receiver.heads[-1].items() if name.startswith("webhook-")}
    return heads, world.receiver.bodies[-1], [world.secret, made.webhook_secret]


async def test_pypi_standardwebhooks_verifies(delivered):
    heads, body, secrets = delivered

    for secret in secrets:
        assert Webhook(secret).verify(body, heads)["type"] == "consent.granted"
    for wrong in (Webhook(signing.new_secret()), Webhook(secrets[0])):
        with pytest.raises(WebhookVerificationError):
            wrong.verify(body + b" ", heads)


@pytest.mark.slow
async def test_npm_standardwebhooks_verifies(delivered):
    heads, body, secrets = delivered
    process = await asyncio.create_subprocess_exec(
        "node", str(PROGRAM), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    told = json.dumps({"headers": heads, "body": body.decode(), "secrets": secrets})
    out, _ = await process.communicate(told.encode())

    assert json.loads(out) == {"types": ["consent.granted"] * 2, "forged": "refused"}
