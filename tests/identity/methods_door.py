"""The sandbox's door for tests of methods: who is asked, what is counted, from where one comes."""

from collections.abc import AsyncIterator

import pytest

from identity import verifier
from identity.entering import Caller
from identity.methods import site, tries
from identity.sandbox import SandboxNetworkId, SandboxSender, SandboxVerifier
from identity.settings import SignInSettings
from storage import limits, queue
from storage.ids import new_id
from storage.settings import QueueSettings

WIDE = SignInSettings(number_capacity=1000, address_capacity=1000)


@pytest.fixture
async def door(valkey) -> AsyncIterator[None]:
    """Everything connected, nobody's tries counted, and wide limits."""
    await queue.connect(QueueSettings(url=valkey.url))
    await queue.redis().flushdb()
    limits.forget()
    verifier.configure(SandboxVerifier(production=False), sms=SandboxSender(), network_id=SandboxNetworkId())
    site.configure("http://localhost:8000")
    tries.configure(WIDE)
    yield
    tries.configure(SignInSettings())
    limits.forget()
    await queue.disconnect()


def a_caller(**changes: str | None) -> Caller:
    """Somebody at a browser that keeps a word."""
    given = {"address": new_id().hex, "device": "浏览器", "device_word": "w" * 32, **changes}
    return Caller(**given)
