"""Mandates by agreement: proposed by either side, accepted by the other, ended by either at once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from banshi.errors import InvalidInput, RateLimited, ScopeMissing
from banshi.scopes import GRANTABLE, Scope
from identity import mandates
from identity.errors import PersonNotFound, StepUpNeeded
from identity.mandates import MandateState, Side
from identity.relation_errors import MandateMoveRefused, MandateNotFound, MandateRefused, NotPassedOn
from storage.db import fetch
from storage.ids import new_id
from tests.identity.factories import NOON
from tests.identity.mandated import CODE, a_proposal, act_by, acts, agree, enter, still, told
from tests.identity.test_levels import LOOKS_AFTER

pytestmark = pytest.mark.usefixtures("registers")
DAY = timedelta(days=1)


@pytest.mark.parametrize("side", Side)
async def test_either_side_proposes_and_only_the_other_accepts(side):
    wang, shen = await enter("wang_fang"), await enter("shen_yun")
    first, second = (wang, shen) if side is Side.PRINCIPAL else (shen, wang)
    other = "shen_yun" if side is Side.PRINCIPAL else "wang_fang"

    held = await mandates.propose(first, side, a_proposal(other), now=NOON)
    for move in (mandates.accept, mandates.refuse):
        with pytest.raises(MandateMoveRefused):
            await move(first, held.id, now=NOON)
    active = await mandates.accept(second, held.id, now=NOON)

    assert (active.party_id, active.delegate_id) == (wang.person_id, shen.person_id)
    assert (active.state, active.accepted_at) == (MandateState.ACTIVE, NOON)
    assert await told() == [(str(second.person_id), "proposed"), (str(first.person_id), "active")]


async def test_every_move_stands_in_the_audit_of_both_sides():
    held = await agree()
    await mandates.revoke(await enter("wang_fang"), held.id, now=NOON)

    rows = await fetch(
        "SELECT party_id, act FROM audit_row WHERE object = $1 ORDER BY id", f"mandate/{held.id}"
    )
    for act in ("mandate.propose", "mandate.accept", "mandate.revoke"):
        assert {row["party_id"] for row in rows if row["act"] == act} == {held.party_id, held.delegate_id}


async def test_refused_proposal_lets_nobody_act():
    wang, shen = await enter("wang_fang"), await enter("shen_yun")
    held = await mandates.propose(wang, Side.PRINCIPAL, a_proposal(), now=NOON)

    refused = await mandates.refuse(shen, held.id, now=NOON)

    assert refused.state == MandateState.REFUSED
    for move in (mandates.accept, mandates.refuse, mandates.revoke):
        with pytest.raises(MandateMoveRefused):
            await move(shen, held.id, now=NOON)


@pytest.mark.parametrize("who", ["wang_fang", "shen_yun"])
async def test_either_side_ends_it_at_once(who):
    held = await agree()
    token, _ = await act_by(held)

    await mandates.revoke(await enter(who), held.id, now=NOON)

    assert await still(token) is None
    with pytest.raises(MandateMoveRefused):
        await mandates.accept(await enter("shen_yun"), held.id, now=NOON)


async def test_stranger_finds_no_mandate_and_is_answered_as_for_none():
    held = await agree()
    stranger = await enter("xu_ning")

    for mandate_id in (held.id, new_id()):
        for move in (mandates.accept, mandates.refuse, mandates.revoke):
            with pytest.raises(MandateNotFound):
                await move(stranger, mandate_id, now=NOON)
        with pytest.raises(MandateNotFound):
            await mandates.by_id(stranger, mandate_id)
    assert (await mandates.page(stranger, first=10, after=None)).rows == []


@pytest.mark.parametrize(
    "change",
    [
        {"scopes": frozenset()}, {"scopes": {Scope.SESSIONS_READ}}, {"scopes": {Scope.MANDATES_WRITE}},
        {"scopes": {Scope.DESK_READ}}, {"scopes": {Scope.APPS_REVIEW}}, {"scopes": {Scope.TEAMS_WRITE}},
        {"scopes": {Scope.NOTICES_READ}, "codes": [CODE]}, {"scopes": {Scope.APPS_OPEN}, "codes": [CODE]},
    ],
)  # fmt: skip
async def test_more_than_one_may_give_is_refused(change):
    with pytest.raises(MandateRefused):
        await mandates.propose(await enter("wang_fang"), Side.PRINCIPAL, await known(**change), now=NOON)

    assert "mandate.propose" not in await acts()


async def known(persona: str = "shen_yun", **changes):
    await enter(persona)
    return a_proposal(persona, **changes)


@pytest.mark.parametrize(
    "change",
    [
        {"until": NOON}, {"until": NOON - DAY}, {"until": NOON + 366 * DAY}, {"codes": []},
        {"codes": ["x"]}, {"codes": [CODE[:-1] + "９"]}, {"codes": [CODE] * 21},
    ],
)  # fmt: skip
async def test_time_and_items_have_limits(change):
    with pytest.raises(InvalidInput):
        await mandates.propose(await enter("wang_fang"), Side.PRINCIPAL, await known(**change), now=NOON)


async def test_unknown_number_and_wrong_name_are_refused_alike():
    wang = await enter("wang_fang")
    await enter("shen_yun")

    for proposal in (a_proposal("xu_ning"), a_proposal(name="沈雲"), a_proposal(name="")):
        with pytest.raises(PersonNotFound):
            await mandates.propose(wang, Side.PRINCIPAL, proposal, now=NOON)


async def test_whoever_names_many_in_vain_is_slowed_down():
    wang = await enter("wang_fang")

    with pytest.raises(RateLimited):
        for _ in range(12):
            with pytest.raises(PersonNotFound):
                await mandates.propose(wang, Side.DELEGATE, a_proposal("xu_ning"), now=NOON)


async def test_nobody_is_his_own_agent():
    with pytest.raises(MandateRefused, match="自己"):
        await mandates.propose(await enter("wang_fang"), Side.DELEGATE, a_proposal("wang_fang"), now=NOON)


@pytest.mark.parametrize(("proposer", "other"), [("wang_fang", "he_tian"), ("he_tian", "wang_fang")])
@pytest.mark.parametrize("side", Side)
async def test_minors_neither_give_nor_take_agency(proposer, other, side):
    await enter(other)

    with pytest.raises(MandateRefused, match="十八"):
        await mandates.propose(await enter(proposer), side, a_proposal(other), now=NOON)


async def test_weak_sign_in_neither_proposes_nor_accepts_but_always_ends():
    wang, shen = await enter("wang_fang"), await enter("shen_yun")
    weak = replace(shen, level=2)
    held = await mandates.propose(wang, Side.PRINCIPAL, a_proposal(), now=NOON)

    for call in (
        mandates.propose(weak, Side.DELEGATE, a_proposal("wang_fang"), now=NOON),
        mandates.accept(weak, held.id, now=NOON),
    ):
        with pytest.raises(StepUpNeeded):
            await call
    assert (await mandates.revoke(weak, held.id, now=NOON)).state == MandateState.REVOKED


async def test_mini_app_and_staff_neither_propose_nor_accept():
    wang = await enter("wang_fang")
    held = await mandates.propose(await enter("shen_yun"), Side.DELEGATE, a_proposal("wang_fang"), now=NOON)
    app = replace(wang, app_id="rent-app", scopes=GRANTABLE)

    for actor in (app, replace(wang, scopes=wang.scopes - {Scope.MANDATES_WRITE}), LOOKS_AFTER):
        with pytest.raises(ScopeMissing):
            await mandates.propose(actor, Side.PRINCIPAL, a_proposal(), now=NOON)
    with pytest.raises(ScopeMissing):
        await mandates.accept(app, held.id, now=NOON)


async def test_agent_passes_nothing_on_and_takes_nothing_meanwhile():
    _, agent = await act_by(await agree(scopes=mandates.DELEGABLE))
    await enter("xu_ning")
    waiting = await mandates.propose(await enter("xu_ning"), Side.PRINCIPAL, a_proposal(), now=NOON)

    for call in (
        mandates.propose(agent, Side.PRINCIPAL, a_proposal("xu_ning"), now=NOON),
        mandates.propose(agent, Side.DELEGATE, a_proposal("xu_ning"), now=NOON),
        mandates.appoint(agent, a_proposal("xu_ning"), now=NOON),
        mandates.accept(agent, waiting.id, now=NOON),
    ):
        with pytest.raises(NotPassedOn):
            await call


async def test_agent_does_not_touch_what_his_principal_agreed_with_others():
    held = await agree(scopes=mandates.DELEGABLE)
    _, agent = await act_by(held)
    other = await agree("wang_fang", "xu_ning")

    for mandate in (held, other):
        with pytest.raises(NotPassedOn):
            await mandates.revoke(agent, mandate.id, now=NOON)


async def test_mandates_in_a_circle_lead_nowhere_else():
    there, back = await agree("wang_fang", "shen_yun"), await agree("shen_yun", "wang_fang")

    _, wang = await act_by(back, "wang_fang")

    assert wang.acting_for == there.delegate_id
    assert (await mandates.page(wang, first=10, after=None)).rows[0].id == back.id
    with pytest.raises(NotPassedOn):
        await mandates.propose(wang, Side.PRINCIPAL, a_proposal("xu_ning"), now=NOON)
