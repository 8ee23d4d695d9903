"""How mandates end: by time, by authority, by erasure, and by whoever is first of two at once."""

import asyncio
from datetime import timedelta

import pytest

from banshi.errors import ScopeMissing
from identity import accounts, mandates, people
from identity.levels import lower
from identity.mandates import MandateState, Side, state_at
from identity.mandates._rules import PROPOSED_FOR
from identity.relation_errors import MandateMoveRefused, MandateRefused
from storage import limits, queue
from storage.db import fetch
from tests.identity.factories import NOON
from tests.identity.mandated import CASES, MONTH, a_proposal, act_by, acts, agree, enter, guard, still, told
from tests.identity.test_levels import LOOKS_AFTER

DAY = timedelta(days=1)
pytestmark = pytest.mark.usefixtures("registers")


async def test_proposal_that_was_not_answered_in_time_is_no_longer_open():
    wang, shen = await enter("wang_fang"), await enter("shen_yun")
    held = await mandates.propose(wang, Side.PRINCIPAL, a_proposal(until=NOON + 300 * DAY), now=NOON)

    with pytest.raises(MandateMoveRefused):
        await mandates.accept(shen, held.id, now=NOON + PROPOSED_FOR)


async def test_sweep_notes_what_has_run_out_and_tells_both():
    held = await agree()
    await mandates.sweep(now=NOON + MONTH - timedelta(seconds=1))
    assert (await mandates.by_id(await enter("wang_fang"), held.id)).state == MandateState.ACTIVE

    await accounts.sweep(now=NOON + MONTH)
    await accounts.sweep(now=NOON + MONTH)

    assert (await mandates.by_id(await enter("wang_fang"), held.id)).state == MandateState.EXPIRED
    expired = [party for party, state in await told() if state == "expired"]
    assert sorted(expired) == sorted([str(held.party_id), str(held.delegate_id)])


@pytest.mark.parametrize("state", MandateState)
def test_only_open_states_run_out(state):
    late = state_at(state, proposed_at=NOON, expires_at=NOON + DAY, now=NOON + DAY)

    assert (late is MandateState.EXPIRED) == (state in ("proposed", "active", "expired"))


async def test_accept_and_revoke_at_once_end_in_one_order():
    shen, wang = await enter("shen_yun"), await enter("wang_fang")
    for _ in range(10):
        held = await mandates.propose(shen, Side.DELEGATE, a_proposal("wang_fang"), now=NOON)
        await nobody_is_slowed_down()

        done = await asyncio.gather(
            mandates.accept(wang, held.id, now=NOON),
            mandates.revoke(shen, held.id, now=NOON),
            mandates.accept(wang, held.id, now=NOON),
            return_exceptions=True,
        )

        end = (await mandates.by_id(wang, held.id)).state
        accepted = [each for each in (done[0], done[2]) if not isinstance(each, Exception)]
        assert end == MandateState.REVOKED and not isinstance(done[1], Exception) and len(accepted) <= 1
        assert all(isinstance(each, MandateMoveRefused) for each in done if isinstance(each, Exception))


async def nobody_is_slowed_down():
    limits.forget()
    await queue.redis().flushdb()


async def test_eight_accepts_at_once_are_one():
    shen, wang = await enter("shen_yun"), await enter("wang_fang")
    held = await mandates.propose(shen, Side.DELEGATE, a_proposal("wang_fang"), now=NOON)

    done = await asyncio.gather(
        *(mandates.accept(wang, held.id, now=NOON) for _ in range(8)), return_exceptions=True
    )

    assert sum(not isinstance(each, Exception) for each in done) == 1
    assert (await acts()).count("mandate.accept") == 2, "one row for each side"


async def test_authority_ends_what_rests_on_a_register_and_needs_a_reason():
    held = await guard()

    with pytest.raises(ScopeMissing):
        await mandates.end(await enter("wang_fang"), held.id, reason="法院撤销监护人资格", now=NOON)
    with pytest.raises(MandateRefused):
        await mandates.end(LOOKS_AFTER, held.id, reason=" ", now=NOON)
    ended = await mandates.end(LOOKS_AFTER, held.id, reason="法院撤销监护人资格", now=NOON)

    assert ended.state == MandateState.REVOKED
    [row, *_] = await fetch("SELECT basis FROM audit_row WHERE act = 'mandate.end'")
    assert row["basis"] == "法院撤销监护人资格"


async def test_names_of_the_other_side_are_masked_and_firms_and_oneself_whole():
    held = await agree()
    wang = await enter("wang_fang")

    called = await mandates.parties(wang, [held.party_id, held.delegate_id])

    assert called == {held.party_id: "王芳", held.delegate_id: "沈*"}


async def test_erased_principal_is_acted_for_by_nobody():
    held = await agree()
    token, _ = await act_by(held)

    await people.erase(held.party_id, now=NOON)

    assert await still(token) is None


async def test_delegate_whose_level_falls_acts_for_nobody():
    held = await agree(scopes=CASES)
    token, _ = await act_by(held)

    await lower(LOOKS_AFTER, held.delegate_id, 2, evidence_id="e", reason="撤销", now=NOON)

    assert await still(token) is None
