"""What developers may say in a review, and when reviewers are late."""

from datetime import timedelta

import pytest

from banshi.errors import InvalidInput
from identity.roles import Role
from miniapps.catalog import queries as catalog_queries
from miniapps.catalog import service as catalog
from miniapps.catalog.errors import AppInReview, AppNotFound
from miniapps.catalog.rules import VersionState
from miniapps.notices.tables import Notice
from miniapps.review import queries, service
from miniapps.review.errors import AppealRefused, ReviewNotForYou, ReviewOver
from miniapps.review.rules import ReviewState
from tests.api.conftest import an_actor, as_operator
from tests.miniapps.catalog.factories import a_manifest
from tests.miniapps.review.factories import NOON, WRONG, queued, refused

WHY = "按钮在页面的最下方"
FRIDAY_AFTER = NOON + timedelta(days=7)


@pytest.fixture
def developer():
    return an_actor(Role.DEVELOPER)


async def kinds(party_id) -> list[str]:
    return [row.kind for row in await Notice.objects().where(Notice.party_id == party_id).order_by(Notice.id)]


async def test_a_note_is_for_those_who_review_and_may_be_written_anew(db, developer):
    row = await queued(developer)

    await service.note(developer, row.version_id, "测试账号：甲", now=NOON)
    await service.note(developer, row.version_id, " 测试账号：乙 ", now=NOON)

    seen = await queries.notes_of(as_operator(), [row.version_id])
    assert seen[row.version_id].text == "测试账号：乙"
    assert await queries.notes_of(an_actor(Role.DEVELOPER), [row.version_id]) == {}


async def test_a_note_is_its_teams_while_the_review_lasts_and_no_longer_than_a_page(db, developer):
    row = await refused(developer, as_operator())

    with pytest.raises(ReviewOver):
        await service.note(developer, row.version_id, "说明", now=NOON)
    with pytest.raises(AppNotFound):
        await service.note(an_actor(Role.DEVELOPER), row.version_id, "说明", now=NOON)
    with pytest.raises(AppNotFound):  # an operator sees the version, and it is not his
        await service.note(as_operator(), row.version_id, "说明", now=NOON)
    with pytest.raises(InvalidInput):
        await service.note(developer, row.version_id, "长" * 2001, now=NOON)


async def test_an_appeal_is_decided_by_another_person_and_there_is_one(db, developer):
    one, other = as_operator(), as_operator()
    row = await refused(developer, one)

    second = await service.appeal(developer, row.version_id, WHY, now=NOON)
    with pytest.raises(ReviewNotForYou):
        await service.claim(one, second.id, now=NOON)
    await service.claim(other, second.id, now=NOON)
    done = await service.refuse(other, second.id, [WRONG], now=NOON)

    assert (second.round, second.appeal, done.state) == (2, WHY, ReviewState.REFUSED)
    assert [each.id for each in await queries.rounds(row.version_id)] == [row.id, second.id]
    with pytest.raises(AppealRefused):
        await service.appeal(developer, row.version_id, WHY, now=NOON)


async def test_an_appeal_may_turn_out_well(db, developer):
    row, other = await refused(developer, as_operator()), as_operator()

    second = await service.appeal(developer, row.version_id, WHY, now=NOON)
    await service.claim(other, second.id, now=NOON)
    await service.approve(other, second.id, now=NOON)

    assert (await catalog_queries.version(other, row.version_id)).state == VersionState.APPROVED


async def test_there_is_no_appeal_before_a_refusal_nor_for_others_nor_beside_a_better_version(db, developer):
    row = await queued(developer)
    with pytest.raises(AppealRefused):
        await service.appeal(developer, row.version_id, WHY, now=NOON)

    gone = await refused(developer, as_operator(), id="other-app")
    with pytest.raises(AppNotFound):
        await service.appeal(an_actor(Role.DEVELOPER), gone.version_id, WHY, now=NOON)
    with pytest.raises(InvalidInput):
        await service.appeal(developer, gone.version_id, "不", now=NOON)
    await catalog.submit(developer, a_manifest(id="other-app", version="1.0.1"), now=NOON)
    with pytest.raises(AppInReview):
        await service.appeal(developer, gone.version_id, WHY, now=NOON)


async def test_a_late_review_is_told_of_once_to_the_developer_and_who_has_it(db, developer):
    row, operator = await queued(developer), as_operator()
    await service.claim(operator, row.id, now=NOON)

    assert await service.sweep(now=NOON + timedelta(days=5)) == 0  # Wednesday, the day it is due
    assert await service.sweep(now=FRIDAY_AFTER) == 1
    assert await service.sweep(now=FRIDAY_AFTER) == 0
    for _ in range(2):
        await service.tell_overdue(row.id, now=FRIDAY_AFTER)

    assert await kinds(developer.person_id) == ["review.overdue"]
    assert await kinds(operator.person_id) == ["review.waits_for_you"]


async def test_of_a_late_review_that_was_decided_meanwhile_nobody_is_told(db, developer):
    row = await refused(developer, as_operator())

    await service.tell_overdue(row.id, now=FRIDAY_AFTER)

    assert await kinds(developer.person_id) == []


async def test_the_developer_is_told_how_it_ended(db, developer):
    row = await refused(developer, as_operator())

    for _ in range(2):
        await service.tell_decided(row.version_id, "review.refused", now=NOON)

    assert await kinds(developer.person_id) == ["review.refused"]
