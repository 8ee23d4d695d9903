"""Acting contexts: one per session, no wider than given, ending everywhere when their ground ends."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from banshi.scopes import Scope
from identity import accounts, audit, consents, firms, mandates, people, sessions, tokens
from identity.errors import SessionNotFound, StepUpNeeded
from identity.mandates import Side
from identity.relation_errors import MandateNotHeld, TeamNotFound
from identity.roles import MandateKind, Role
from storage.db import execute, fetch
from storage.ids import new_id
from tests.identity.factories import NOON
from tests.identity.mandated import (
    CASES,
    CODE,
    MONTH,
    a_proposal,
    act_by,
    agree,
    change,
    enter,
    link,
    still,
    village,
)
from tests.identity.test_verdicts_end import refused

pytestmark = pytest.mark.usefixtures("registers")
APP = "rent-app"


async def test_delegate_gets_what_the_mandate_says_and_no_more():
    held = await agree(codes=[CODE])

    _, actor = await act_by(held)

    assert (actor.person_id, actor.acting_for) == (held.delegate_id, held.party_id)
    assert (actor.delegation_id, actor.mandate_kind) == (held.id, MandateKind.AGENT)
    assert actor.roles == {Role.CITIZEN} and not actor.is_only_citizen
    assert actor.scopes == CASES | mandates.ALWAYS
    assert actor.codes == {CODE} and actor.covers(CODE) and not actor.covers("331234567111")


async def test_row_that_allows_more_than_a_citizen_may_gives_no_more():
    held = await agree()
    await execute("UPDATE mandate SET scopes = $1", [each.value for each in Scope])

    _, actor = await act_by(held)

    assert Scope.DESK_READ not in actor.scopes and Scope.PEOPLE_WRITE not in actor.scopes


async def proposed() -> mandates.Mandate:
    await enter("shen_yun")
    return await mandates.propose(await enter("wang_fang"), Side.PRINCIPAL, a_proposal(), now=NOON)


async def refused_one() -> mandates.Mandate:
    return await mandates.refuse(await enter("shen_yun"), (await proposed()).id, now=NOON)


async def revoked() -> mandates.Mandate:
    return await mandates.revoke(await enter("shen_yun"), (await agree()).id, now=NOON)


async def run_out() -> mandates.Mandate:
    held = await agree()
    await execute("UPDATE mandate SET expires_at = $1", NOON)
    return held


async def of_somebody_else() -> mandates.Mandate:
    return await agree("wang_fang", "xu_ning")


@pytest.mark.parametrize("make", [proposed, refused_one, revoked, run_out, of_somebody_else])
async def test_mandate_that_is_not_in_force_and_one_s_own_is_no_context(make):
    held = await make()
    shen = await enter("shen_yun")

    for acting_as in (f"mandate:{held.id}", f"mandate:{new_id()}", "mandate:x", "mandate:"):
        with pytest.raises(MandateNotHeld):
            await change(shen, acting_as)
    with pytest.raises(TeamNotFound):
        await change(shen, f"team:{held.id}")
    assert await still_signed_in(shen)


async def still_signed_in(actor) -> bool:
    page = await sessions.list_(actor, first=10, after=None, now=NOON)
    return any(row.id == actor.session_id for row in page.rows)


async def test_weak_sign_in_acts_for_nobody_else():
    held = await agree()
    shen = await enter("shen_yun")
    await execute("UPDATE session SET level = 2 WHERE id = $1", shen.session_id)

    with pytest.raises(StepUpNeeded):
        await change(shen, f"mandate:{held.id}")


async def test_delegate_of_one_uses_no_mandate_of_his_principal():
    """A acts for B, B for C: A does not come to C by that."""
    first = await agree("xu_ning", "wang_fang")
    _, agent = await act_by(await agree("wang_fang", "shen_yun"))

    with pytest.raises(MandateNotHeld):
        await change(agent, f"mandate:{first.id}")


async def end_by_principal(held: mandates.Mandate) -> None:
    await mandates.revoke(await enter("wang_fang"), held.id, now=NOON)


async def erase_principal(held: mandates.Mandate) -> None:
    await people.erase(held.party_id, now=NOON)


async def erase_delegate(held: mandates.Mandate) -> None:
    await people.erase(held.delegate_id, now=NOON)


async def cut_short(held: mandates.Mandate) -> None:
    await execute("UPDATE mandate SET expires_at = $2 WHERE id = $1", held.id, NOON)


async def narrow(held: mandates.Mandate) -> None:
    await execute("UPDATE mandate SET state = 'refused' WHERE id = $1", held.id)


@pytest.mark.parametrize("end", [end_by_principal, erase_principal, erase_delegate, cut_short, narrow])
async def test_every_process_refuses_within_two_seconds_what_has_ended(hearing, end):
    held = await agree(scopes=mandates.DELEGABLE)
    token, agent = await act_by(held)
    await consents.grant(await enter("wang_fang"), APP, [Scope.CASES_READ], now=NOON)
    app = await tokens.issue(agent, APP, [Scope.CASES_READ], now=NOON)

    async with hearing() as one, hearing() as other:
        for process in (one, other):
            assert await process.find(token, now=NOON) and await process.find(app, now=NOON)
        await end(held)

        for process in (one, other):
            assert await refused(process, token) and await refused(process, app)


async def test_closed_firm_is_heard_of_within_two_seconds(hearing):
    held = await link()
    token, _ = await act_by(held, "lin_hai")

    async with hearing() as process:
        assert await process.find(token, now=NOON)
        await firms.close(held.party_id, now=NOON)

        assert await refused(process, token)


async def test_village_agent_whose_post_ends_acts_for_nobody(hearing):
    held = await village()
    token, _ = await act_by(held, "village_agent")

    async with hearing() as process:
        assert await process.find(token, now=NOON)
        await people.end_post(held.post_id, now=NOON)

        assert await refused(process, token)


async def test_verdict_is_not_believed_beyond_the_mandate():
    held = await agree(until=NOON + timedelta(seconds=20))
    token, _ = await act_by(held)

    bearer = await accounts.bearer_of(token, now=NOON)

    assert bearer and bearer.until == held.expires_at
    assert await still(token, now=NOON + timedelta(seconds=20)) is None


async def test_changing_from_one_to_the_other_leaves_nothing_of_the_first(hearing):
    held = await agree()
    old, shen = await act_by(held)

    async with hearing() as process:
        before = await process.find(old, now=NOON)
        assert before and before.kept is not None
        before.kept["what he saw for her"] = b"secret"
        fresh, himself = await change(shen, "citizen")

        assert await refused(process, old)
        after = await process.find(fresh, now=NOON)
        assert after and after.kept == {}
    assert himself.acting_for == himself.person_id
    assert (himself.delegation_id, himself.mandate_kind, himself.codes) == (None, None, None)
    assert himself.is_only_citizen
    with pytest.raises(SessionNotFound):
        await change(shen, f"mandate:{held.id}")


async def test_context_stands_in_the_session_and_in_every_audit_row():
    held = await agree()
    _, agent = await act_by(held)

    await audit.record(agent, "case.submit", "case/1", now=NOON)
    await audit.record_read(agent, "case.read", "case/1", now=NOON)

    rows = await fetch("SELECT * FROM audit_row WHERE object = 'case/1' ORDER BY id")
    assert [(row["act"], row["party_id"]) for row in rows] == [
        ("case.submit", held.party_id), ("case.submit", held.delegate_id), ("case.read", held.party_id),
    ]  # fmt: skip
    assert {(row["person_id"], row["acting_for"], row["delegation_id"]) for row in rows} == {
        (held.delegate_id, held.party_id, held.id)
    }
    [session] = await fetch("SELECT * FROM session WHERE id = $1", agent.session_id)
    assert (session["mandate_id"], session["acting_as"], session["post_id"]) == (held.id, "citizen", None)


async def test_act_is_told_to_the_principal_and_a_look_or_a_change_of_context_is_not():
    held = await agree()
    _, agent = await act_by(held)
    await audit.record(agent, "case.submit", "case/1", now=NOON)
    await audit.record_read(agent, "case.read", "case/1", now=NOON)
    await change(agent, "citizen")

    rows = await fetch("SELECT party_id, payload FROM outbox WHERE type = 'mandate.used'")

    assert [row["party_id"] for row in rows] == [held.party_id]
    assert '"act": "case.submit"' in rows[0]["payload"]


async def test_principal_sees_in_his_accesses_who_did_it_by_which_mandate():
    held = await agree()
    _, agent = await act_by(held)
    await audit.record(agent, "case.submit", "case/1", now=NOON)

    page = await audit.of_party(await enter("wang_fang"), first=50, after=None)

    [row] = [row for row in page.rows if row.act == "case.submit"]
    assert (row.delegation_id, row.person_id) == (held.id, held.delegate_id)


async def test_sign_in_goes_straight_into_a_mandate():
    held = await agree()

    token, actor = await act_by(held)

    assert (await still(token)) == replace(actor)


async def test_revoking_and_changing_context_at_once_leaves_no_live_session():
    for _ in range(5):
        held = await agree(until=NOON + MONTH)
        shen, wang = await enter("shen_yun"), await enter("wang_fang")

        got = await asyncio.gather(
            sessions.act_as(shen, f"mandate:{held.id}", now=NOON),
            mandates.revoke(wang, held.id, now=NOON),
            return_exceptions=True,
        )

        if isinstance(got[0], tuple):
            assert await still(got[0][0]) is None
        else:
            assert isinstance(got[0], MandateNotHeld | IndexError)
        await execute("DELETE FROM session")
