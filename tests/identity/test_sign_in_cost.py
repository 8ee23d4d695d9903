"""What signing in costs the database."""

import pytest

from identity import accounts, people, verifier
from identity.errors import NotVerified
from identity.methods import tries
from identity.sandbox import SandboxVerifier
from identity.settings import SignInSettings
from storage import limits, queue
from storage.ids import new_id
from storage.settings import QueueSettings
from tests.identity.factories import NOON, WANG, a_form


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


async def test_a_known_person_signs_in_by_two_statements_and_no_transaction(db):
    await enter()
    db.clear()

    await enter()

    assert [sql.split()[0] for sql in db] == ["SELECT", "WITH"]


async def test_whoever_is_new_or_failed_before_is_let_in_by_one_transaction_without_savepoints(db):
    await enter()
    await tries.note(people.number_blind(WANG.number), "face", NotVerified(), now=NOON)
    db.clear()

    await enter()

    assert [sql for sql in db if "DELETE FROM sign_in_failure" in sql]
    assert [sql.split()[0] for sql in db if sql.startswith(("BEGIN", "SAVEPOINT"))] == ["BEGIN;"]
