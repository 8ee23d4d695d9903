"""What signing in costs the database."""

import pytest

from identity import accounts, verifier
from identity.sandbox import SandboxVerifier
from identity.settings import SignInSettings
from storage import limits, queue
from storage.ids import new_id
from storage.settings import QueueSettings
from tests.identity.factories import NOON, a_form


@pytest.fixture(autouse=True)
async def door(valkey):
    await queue.connect(QueueSettings(url=valkey.url))
    verifier.configure(SandboxVerifier(production=False))
    yield
    accounts.configure(SignInSettings())
    limits.forget()
    await queue.disconnect()


async def enter():
    return await accounts.sign_in("face", a_form(), address=new_id().hex, device="电话", now=NOON)


async def test_signing_in_without_failures_clears_none_and_needs_no_savepoint(db):
    await enter()
    db.clear()

    await enter()

    assert not [sql for sql in db if "DELETE FROM sign_in_failure" in sql]
    assert [sql.split()[0] for sql in db if sql.startswith(("BEGIN", "SAVEPOINT"))] == ["BEGIN;"]
