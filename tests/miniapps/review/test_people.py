"""People review: they claim, decide with reasons, and leave to others what is not for them."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from identity.roles import Role
from miniapps.catalog import queries as catalog_queries
from miniapps.catalog import service as catalog
from miniapps.catalog.rules import VersionState
from miniapps.review import queries, rules, service
from miniapps.review.errors import (
    ReasonsNeeded,
    ReviewNotClaimed,
    ReviewNotForYou,
    ReviewNotFound,
    ReviewOver,
    ReviewTaken,
)
from miniapps.review.rules import Lane, Reason, ReviewState
from tests.api.conftest import an_actor, as_citizen, as_operator
from tests.miniapps.review.factories import NOON, WRONG, queued

LATER = NOON + rules.LEASE + timedelta(seconds=1)


@pytest.fixture
def developer():
    return an_actor(Role.DEVELOPER)


async def waiting(actor, **asked):
    page = await queries.queue(actor, lane=None, first=20, after=None, **asked)
    return [row.app_id for row in page.rows]


async def test_what_is_queued_is_due_in_three_working_days_and_opened_once(db, developer):
    row = await queued(developer)
    again = await service.open_(row.version_id, now=NOON)

    assert row.due_on == date(2026, 11, 25)
    assert again.id == row.id
    assert (row.round, row.state, row.lane) == (1, ReviewState.WAITING, Lane.NORMAL)


async def test_the_queue_has_the_emergency_lane_first_and_then_what_is_due(db, developer):
    operator = as_operator()
    for number, days in (("a", 3), ("b", 0), ("c", 1)):
        await queued(developer, id=f"app-{number}", now=NOON + timedelta(days=days))
    [late] = [row for row in (await queries.queue(operator, lane=None, first=9, after=None)).rows
              if row.app_id == "app-a"]  # fmt: skip
    await service.hurry(operator, late.id, "防汛", now=NOON)

    assert await waiting(operator) == ["app-a", "app-b", "app-c"]
    first = await queries.queue(operator, lane=None, first=1, after=None)
    rest = await queries.queue(operator, lane=None, first=9, after=first.rows[0].id)
    assert first.more
    assert [row.app_id for row in rest.rows] == ["app-b", "app-c"]
    hurried = await queries.queue(operator, lane=Lane.EMERGENCY, first=9, after=None)
    assert [(row.app_id, row.due_on) for row in hurried.rows] == [("app-a", date(2026, 11, 23))]


async def test_a_claim_keeps_others_out_until_it_ends_or_is_given_back(db, developer):
    row, one, other = await queued(developer), as_operator(), as_operator()

    await service.claim(one, row.id, now=NOON)
    with pytest.raises(ReviewTaken):
        await service.claim(other, row.id, now=NOON)
    await service.claim(one, row.id, now=NOON)
    await service.unclaim(other, row.id, now=NOON)  # not his to give back
    with pytest.raises(ReviewTaken):
        await service.claim(other, row.id, now=NOON)
    await service.unclaim(one, row.id, now=NOON)
    await service.claim(other, row.id, now=NOON)
    taken = await service.claim(one, row.id, now=LATER)

    assert taken.claimed_by == one.person_id
    with pytest.raises(ReviewNotClaimed):
        await service.approve(other, row.id, now=LATER)


async def test_approved_ends_the_review_and_leaves_the_queue(db, developer):
    row, operator = await queued(developer), as_operator()

    with pytest.raises(ReviewNotClaimed):
        await service.approve(operator, row.id, now=NOON)
    await service.claim(operator, row.id, now=NOON)
    done = await service.approve(operator, row.id, now=NOON)

    assert (done.state, done.decided_by) == (ReviewState.APPROVED, operator.person_id)
    assert (await catalog_queries.version(operator, row.version_id)).state == VersionState.APPROVED
    assert await waiting(operator) == []
    with pytest.raises(ReviewOver):
        await service.claim(operator, row.id, now=NOON)


async def test_a_refusal_cites_rule_and_evidence_and_reaches_the_developer(db, developer):
    row, operator = await queued(developer), as_operator()
    await service.claim(operator, row.id, now=NOON)

    await service.refuse(operator, row.id, [WRONG], now=NOON)

    version = await catalog_queries.version(developer, row.version_id)
    assert version.state == VersionState.REFUSED
    assert version.reason == "house.flow: 提交以后没有回音 (首页，填好后点“提交”)"
    [seen] = (await queries.reviews_of(developer, [row.version_id]))[row.version_id]
    assert queries.reasons(seen) == [WRONG]


@pytest.mark.parametrize(
    "reasons",
    [
        [],
        [replace_ for replace_ in [WRONG] * 21],
        [Reason(rule="no.rule", problem=WRONG.problem, evidence=WRONG.evidence)],
        [Reason(rule="house.flow", problem="坏", evidence=WRONG.evidence)],
        [Reason(rule="house.flow", problem=WRONG.problem, evidence="    首页    ")],
        [WRONG, Reason(rule="page.axe", problem=WRONG.problem, evidence=WRONG.evidence, shot="no.png")],
    ],
    ids=["none", "too many", "rule", "problem", "evidence", "shot"],
)
async def test_a_refusal_without_them_is_refused(db, developer, reasons):
    row, operator = await queued(developer), as_operator()
    await service.claim(operator, row.id, now=NOON)

    with pytest.raises(ReasonsNeeded):
        await service.refuse(operator, row.id, reasons, now=NOON)

    assert (await queries.one(operator, row.id)).state == ReviewState.CLAIMED


async def test_who_handed_it_in_does_not_review_it_in_another_post(db, developer):
    row = await queued(developer)

    with pytest.raises(ReviewNotForYou):
        await service.claim(replace(as_operator(), person_id=developer.person_id), row.id, now=NOON)


async def test_what_was_withdrawn_is_no_longer_in_the_queue(db, developer):
    row, operator = await queued(developer), as_operator()
    await catalog.withdraw(developer, row.version_id, now=NOON)

    assert await waiting(operator) == []
    with pytest.raises(ReviewOver):
        await service.claim(operator, row.id, now=NOON)
    await service.sweep(now=NOON)
    assert (await queries.one(operator, row.id)).state == ReviewState.CLOSED


async def test_nobody_else_sees_a_review(db, developer):
    row = await queued(developer)

    for stranger in (as_citizen(), an_actor(Role.DEVELOPER)):
        assert await waiting(stranger) == []
        assert (await queries.reviews_of(stranger, [row.version_id]))[row.version_id] == []
        with pytest.raises(ReviewNotFound):
            await queries.one(stranger, row.id)


async def test_the_figures_tell_halves_and_tenths(db, developer):
    operator = as_operator()
    for hours in range(1, 12):
        row = await queued(developer, id=f"app-{hours:02}")
        at = NOON + timedelta(hours=hours)
        await service.claim(operator, row.id, now=at)
        await service.approve(operator, row.id, now=at)
    await queued(developer, id="app-late", now=NOON - timedelta(days=9))

    found = await queries.figures(days=30, now=NOON + timedelta(days=1), today=date(2026, 11, 21))

    assert (found.decided, found.refused, found.waiting, found.overdue) == (11, 0, 1, 1)
    assert (found.p50_s, found.p90_s) == (6 * 3600, 10 * 3600)


async def test_approving_at_once_is_a_round_like_any_other(db, developer):
    row, one, other = await queued(developer), as_operator(), as_operator()
    await service.claim(one, row.id, now=NOON)

    with pytest.raises(ReviewTaken):
        await service.approve_at_once(other, row.version_id, now=NOON)
    done = await service.approve_at_once(one, row.version_id, now=NOON)

    assert (done.id, done.state, done.decided_by) == (row.id, ReviewState.APPROVED, one.person_id)
    with pytest.raises(ReviewOver):
        await service.approve_at_once(other, row.version_id, now=NOON)
