"""国家网络身份认证: the result only, a pseudonym of its own, and an account linked by an act."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from banshi.errors import InvalidInput, NotSignedIn, Unavailable
from identity import accounts, people, verifier
from identity.errors import NetworkIdentityTaken, NotVerified, PlaintextNeeded, StepUpNeeded
from identity.methods import network_id
from identity.sandbox import SandboxVerifier
from miniapps.cases import service as cases
from miniapps.cases.service import Draft
from storage.db import execute, fetch
from tests.identity.factories import NOON, WANG, WU, make_session
from tests.identity.methods_door import a_caller, door  # noqa: F401
from tests.identity.test_accounts import everything
from tests.identity.test_tokens import APP

pytestmark = pytest.mark.usefixtures("door", "db")

WZ = {"credential": "wz-wang_fang"}
LATER = NOON + timedelta(minutes=11)


async def enter(form=WZ, *, now=NOON):
    return (await network_id.sign_in(form, caller=a_caller(), now=now))[:2]


async def link(actor, form=WZ, *, now=NOON):
    return await network_id.link(actor, form, address="192.0.2.1", now=now)


async def actor_of(token: str):
    return await accounts.actor_of(token, now=NOON)


async def test_a_result_opens_a_session_under_a_pseudonym_and_tells_nothing_else():
    token, session = await enter()

    seen = await accounts.profile(await actor_of(token))
    assert (seen.name, seen.number, seen.phone, seen.posts) == ("网络身份用户", None, None, [])
    assert (session.level, session.method) == (3, "network_id")
    dump = await everything()
    for secret in (WANG.number, WANG.name, WANG.phone, WZ["credential"]):
        assert secret not in dump and secret.encode().hex() not in dump


async def test_the_pseudonym_is_stable_and_is_not_the_account():
    _, account = await make_session()
    first, second = await enter(), await enter()
    _, other = await enter({"credential": "wz-li_wei"})

    assert first[1].party_id == second[1].party_id
    assert len({str(first[1].party_id), str(other.party_id), str(account.person_id)}) == 3


async def test_two_first_sign_ins_at_once_make_one_party():
    found = await asyncio.gather(*(enter() for _ in range(4)))

    assert len({str(session.party_id) for _, session in found}) == 1
    assert len(await fetch("SELECT 1 FROM person")) == 1


@pytest.mark.parametrize("credential", ["wz-nobody", "wang_fang", "wz-", "wz-zhao_min"])
async def test_a_credential_that_is_not_good_is_refused_and_noted(credential):
    with pytest.raises(NotVerified):
        await enter({"credential": credential})

    [row] = await fetch("SELECT act, basis FROM audit_row")
    assert (row["act"], row["basis"]) == ("session.refuse", "method network_id: NOT_VERIFIED")
    assert await fetch("SELECT 1 FROM person") == []


async def test_an_empty_credential_is_named_and_an_absent_service_told():
    with pytest.raises(InvalidInput):
        await enter({})
    verifier.configure(SandboxVerifier(production=False))
    with pytest.raises(Unavailable):
        await enter()


async def test_names_of_pseudonyms_are_known_to_others_as_such():
    token, session = await enter()
    _, other = await make_session(WU)

    assert await accounts.names(await actor_of(token), [session.party_id]) == {
        session.party_id: "网络身份用户"
    }
    assert (await accounts.names(other, [session.party_id]))[session.party_id].startswith("网*")


async def test_plaintext_is_asked_for_by_name_of_the_rule():
    _, session = await enter()
    person = await people.by_id(session.party_id)

    with pytest.raises(PlaintextNeeded) as refused:
        await people.number_of(person)
    assert refused.value.data["basis"]
    assert refused.value.data["basis"] in str(refused.value)


async def test_linked_by_an_act_it_signs_in_to_the_account():
    _, account = await make_session()
    pseudonym, _ = await enter()

    await link(account)
    token, session = await enter()

    assert (await actor_of(token)).person_id == account.person_id
    assert (session.level, session.method) == (3, "network_id")
    assert await actor_of(pseudonym) is None  # what it was before has ended
    assert (await network_id.of(account)).linked_at == NOON
    told = [row["type"] for row in await fetch("SELECT type FROM outbox ORDER BY seq")]
    assert told == ["network_identity.linked", "device.first_seen"]  # the account had another device


async def test_linking_twice_is_linking_once():
    _, account = await make_session()

    await link(account)
    await link(account)

    assert len(await fetch("SELECT 1 FROM audit_row WHERE act = 'network_identity.link'")) == 1


async def test_one_account_has_one_and_one_has_one_account():
    _, wang = await make_session()
    _, wu = await make_session(WU)
    await link(wang)

    with pytest.raises(NetworkIdentityTaken):
        await link(wu)
    with pytest.raises(NetworkIdentityTaken):
        await link(wang, {"credential": "wz-li_wei"})


async def test_of_two_accounts_that_link_at_once_one_gets_it():
    _, wang = await make_session()
    _, wu = await make_session(WU)

    found = await asyncio.gather(link(wang), link(wu), return_exceptions=True)

    assert [type(each) for each in found].count(NetworkIdentityTaken) == 1


async def test_linking_needs_a_fresh_proof_of_an_account():
    _, account = await make_session()
    token, _ = await enter()

    with pytest.raises(StepUpNeeded):
        await link(account, now=LATER)
    with pytest.raises(StepUpNeeded):
        await network_id.unlink(account, now=LATER)
    with pytest.raises(NotSignedIn):
        await link(await actor_of(token))
    with pytest.raises(NotSignedIn):
        await link(replace(account, app_id=APP))
    with pytest.raises(NotVerified):
        await link(account, {"credential": "wz-nobody"})


async def test_unlinked_it_is_the_pseudonym_it_was():
    _, before = await enter()
    _, account = await make_session()
    await link(account)

    await network_id.unlink(account, now=NOON)
    _, after = await enter()

    assert after.party_id == before.party_id
    assert await network_id.of(account) is None


async def test_the_level_of_a_linked_account_is_no_more_than_its_persons():
    _, account = await make_session()
    await link(account)
    await execute("UPDATE person SET level = 2 WHERE id = $1", account.person_id)

    _, session = await enter()

    assert session.level == 2


async def test_who_erased_his_account_is_a_pseudonym_again():
    _, before = await enter()
    _, account = await make_session()
    await link(account)
    await people.erase(account.person_id, now=NOON)

    _, after = await enter()

    assert after.party_id == before.party_id


async def test_an_erased_pseudonym_is_entered_no_more():
    _, session = await enter()
    await people.erase(session.party_id, now=NOON)

    with pytest.raises(NotVerified):
        await enter()


async def test_under_a_pseudonym_one_looks_around_but_applies_for_nothing():
    token, _ = await enter()
    actor = await actor_of(token)

    assert actor.is_pseudonym and actor.roles == {"citizen"}
    with pytest.raises(PlaintextNeeded) as refused:
        await cases.open_draft(actor, Draft(code="x", region="330106"), idempotency_key="k", now=NOON)
    assert "行政许可法" in refused.value.data["basis"]


async def test_who_signed_in_by_id_card_is_no_pseudonym():
    _, account = await make_session()
    await link(account)
    token, _ = await enter()

    assert not account.is_pseudonym
    assert not (await actor_of(token)).is_pseudonym
