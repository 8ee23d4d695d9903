"""Mandates that rest on a register: representatives and their agents, guardians and their wards."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from banshi.errors import Unavailable
from banshi.scopes import Scope
from identity import firms, mandates, people, registries
from identity.mandates import Mandate, MandateState, Side
from identity.mandates._rules import may_consent
from identity.registries import Registries
from identity.relation_errors import (
    MandateMoveRefused,
    MandateNotHeld,
    MandateRefused,
    NotGuardian,
    NotPassedOn,
    NotRepresentative,
    NotSelfSupporting,
)
from identity.roles import FOR_FIRMS, MandateKind
from identity.sandbox import FIRM_BY_KEY
from storage.db import fetch
from tests.identity.factories import NOON
from tests.identity.mandated import BY, MONTH, a_proposal, act_by, enter, guard, link, still

pytestmark = pytest.mark.usefixtures("registers")


async def appointed(persona: str = "shen_yun", **changes) -> Mandate:
    """A firm's agent, appointed by its representative and accepted by himself."""
    held = await link()
    agent = await enter(persona)
    _, head = await act_by(held, "lin_hai")
    made = await mandates.appoint(head, a_proposal(persona, **changes), now=NOON)
    return await mandates.accept(agent, made.id, now=NOON)


async def test_representative_acts_for_his_firm_by_the_register_s_evidence():
    held = await link()

    _, actor = await act_by(held, "lin_hai")

    assert actor.mandate_kind is MandateKind.REPRESENTATIVE and not actor.is_for_person
    assert actor.acting_for == held.party_id != actor.person_id
    assert (held.evidence_id or "").startswith("sandbox-firm-")
    assert actor.region == FIRM_BY_KEY["qingshan"].facts.region


async def test_one_person_represents_several_firms():
    first, second = await link(), await link(firm="yinjiang")

    assert first.party_id != second.party_id
    assert len({(await act_by(held, "lin_hai"))[1].acting_for for held in (first, second)}) == 2


async def test_linking_again_renews_the_same_mandate():
    held = await link()

    again = await link(now=NOON + MONTH)

    assert again.id == held.id and again.expires_at == held.expires_at + MONTH


async def test_eight_links_at_once_are_one_mandate():
    lin, code = await enter("lin_hai"), FIRM_BY_KEY["qingshan"].facts.code

    made = await asyncio.gather(*(mandates.represent(lin, code, now=NOON) for _ in range(8)))

    assert len({held.id for held in made}) == 1
    assert len(await fetch("SELECT 1 FROM mandate")) == 1


async def test_somebody_else_s_firm_is_refused_and_nothing_is_written():
    with pytest.raises(NotRepresentative):
        await link("wang_fang")

    assert await fetch("SELECT 1 FROM firm") == []


async def test_register_that_does_not_answer_links_nobody(monkeypatch):
    class Away:
        async def representative(self, code, *, number, name, now):
            raise Unavailable(system="register of firms")

    registries.configure(Registries(firms=Away(), families=registries.current().families))

    with pytest.raises(Unavailable):
        await link()


async def test_new_representative_ends_the_old_one_at_once(monkeypatch):
    held = await link()
    token, _ = await act_by(held, "lin_hai")
    proof = await registries.current().firms.representative(
        FIRM_BY_KEY["qingshan"].facts.code, number=BY["lin_hai"].number, name=BY["lin_hai"].name, now=NOON
    )

    class Changed:
        async def representative(self, code, *, number, name, now):
            return proof

    registries.configure(Registries(firms=Changed(), families=registries.current().families))
    await link("sun_li")

    assert await still(token) is None
    assert await states(held) == [MandateState.REVOKED]


async def states(*held: Mandate) -> list[str]:
    rows = await fetch("SELECT id, state FROM mandate")
    by_id = {row["id"]: row["state"] for row in rows}
    return [by_id[each.id] for each in held]


async def test_firm_that_is_struck_off_is_acted_for_by_nobody():
    held = await link()
    token, _ = await act_by(held, "lin_hai")

    await firms.close(held.party_id, now=NOON)

    assert await still(token) is None


async def test_representative_appoints_an_agent_who_accepts_and_acts():
    made = await appointed()

    _, agent = await act_by(made)

    assert made.kind == MandateKind.FIRM_AGENT
    assert agent.acting_for == made.party_id and not agent.is_for_person
    assert Scope.CASES_WRITE in agent.scopes and Scope.NOTICES_READ not in agent.scopes
    assert Scope.MANDATES_WRITE not in agent.scopes


async def test_appointment_alone_lets_nobody_act():
    held = await link()
    await enter("shen_yun")
    _, head = await act_by(held, "lin_hai")
    made = await mandates.appoint(head, a_proposal(), now=NOON)

    with pytest.raises(MandateNotHeld):
        await act_by(made)
    with pytest.raises(MandateMoveRefused):
        await mandates.accept(head, made.id, now=NOON)


@pytest.mark.parametrize("by", ["representative", "agent"])
async def test_firm_s_agent_is_dismissed_or_goes_at_once(by):
    made = await appointed()
    token, _ = await act_by(made)
    [row] = await fetch("SELECT id FROM mandate WHERE kind = 'representative'")
    _, head = await act_by(Mandate(id=row["id"]), "lin_hai")

    await mandates.revoke(head if by == "representative" else await enter("shen_yun"), made.id, now=NOON)

    assert await still(token) is None


async def test_firm_s_agent_appoints_nobody_and_dismisses_nobody():
    made = await appointed(scopes=mandates.DELEGABLE)
    _, agent = await act_by(made)
    [row] = await fetch("SELECT id FROM mandate WHERE kind = 'representative'")

    with pytest.raises(NotPassedOn):
        await mandates.appoint(agent, a_proposal("lin_hai"), now=NOON)
    with pytest.raises(NotPassedOn):
        await mandates.revoke(agent, row["id"], now=NOON)


async def test_citizen_appoints_no_agent_of_a_firm_he_does_not_act_for():
    await link()
    await enter("shen_yun")

    with pytest.raises(MandateRefused):
        await mandates.appoint(await enter("lin_hai"), a_proposal(), now=NOON)


async def test_guardian_is_whom_the_record_names_not_whoever_is_family():
    aunt = await guard("he_mei", "he_tian")

    assert aunt.ground == "appointed" and (aunt.evidence_id or "").startswith("sandbox-family-")
    for guardian, ward in (("he_mei", "li_xiaohe"), ("wang_fang", "he_tian"), ("he_tian", "he_mei")):
        with pytest.raises(NotGuardian):
            await guard(guardian, ward)


async def test_wrong_name_of_a_ward_is_refused_like_a_stranger_s_child():
    with pytest.raises(NotGuardian):
        await mandates.guard(await enter("li_wei"), number=BY["li_xiaohe"].number, name="李大禾", now=NOON)


async def test_both_guardians_act_for_a_newborn_who_never_signed_in():
    for guardian in ("li_wei", "chen_jing"):
        _, actor = await act_by(await guard(guardian, "li_xiaoman"), guardian)
        assert actor.is_for_person and actor.mandate_kind is MandateKind.GUARDIAN

    person = await people.find(BY["li_xiaoman"].number)
    assert person is not None and person.level == 2
    [row] = await fetch("SELECT method FROM person_level WHERE party_id = $1", person.id)
    assert row["method"] == "guardian"


async def test_guardianship_ends_by_itself_on_the_eighteenth_birthday():
    held = await guard("he_mei", "he_tian")
    eve = datetime(2029, 5, 8, 15, 59, tzinfo=UTC)  # 23:59 in Shanghai

    token, _ = await act_by(held, "he_mei", now=eve)

    assert await still(token, now=eve) is not None
    assert await still(token, now=eve + timedelta(minutes=1)) is None
    with pytest.raises(NotGuardian):
        await guard("he_mei", "he_tian", now=eve + timedelta(minutes=1))


async def test_ward_does_not_dismiss_his_guardian_but_the_guardian_may_lay_it_down():
    held = await guard("he_mei", "he_tian")

    with pytest.raises(MandateMoveRefused):
        await mandates.revoke(await enter("he_tian"), held.id, now=NOON)
    assert (await mandates.revoke(await enter("he_mei"), held.id, now=NOON)).state == MandateState.REVOKED


async def test_guardian_of_one_who_supports_himself_acts_no_longer():
    with pytest.raises(NotGuardian):
        await guard("tang_hua", "tang_yu")

    early = datetime(2025, 3, 2, tzinfo=UTC)  # not yet sixteen
    held = await guard("tang_hua", "tang_yu", now=early)
    token, _ = await act_by(held, "tang_hua", now=NOON)
    ended = await mandates.support_oneself(await enter("tang_yu"), now=NOON)

    assert ended == 1
    assert await still(token) is None
    person = await people.find(BY["tang_yu"].number)
    assert person is not None and person.self_supporting_at == NOON


async def test_who_supports_himself_from_sixteen_on_binds_himself_like_a_grown_person():
    await enter("wang_fang")
    youth = await enter("tang_yu")
    with pytest.raises(MandateRefused, match="十八"):
        await mandates.propose(youth, Side.PRINCIPAL, a_proposal("wang_fang"), now=NOON)

    await mandates.support_oneself(youth, now=NOON)

    held = await mandates.propose(youth, Side.PRINCIPAL, a_proposal("wang_fang"), now=NOON)
    assert held.party_id == youth.person_id


@pytest.mark.parametrize(("who", "now"), [("he_tian", NOON), ("wang_fang", NOON)])
async def test_nobody_declares_that_without_age_and_record(who, now):
    with pytest.raises(NotSelfSupporting):
        await mandates.support_oneself(await enter(who), now=now)


@pytest.mark.parametrize("kind", MandateKind)
def test_who_may_consent_in_another_s_place(kind):
    later, before = NOON + timedelta(seconds=1), NOON

    assert may_consent(kind, None, now=NOON) == (kind in FOR_FIRMS)
    assert may_consent(kind, later, now=NOON) == (kind in FOR_FIRMS or kind is MandateKind.GUARDIAN)
    assert may_consent(kind, before, now=NOON) == (kind in FOR_FIRMS)
