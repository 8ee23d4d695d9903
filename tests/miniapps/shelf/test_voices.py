"""Stars, comments and complaints: by whom, how often, and who reads them."""

import asyncio
from datetime import timedelta

import pytest

from banshi.errors import InvalidInput, RateLimited, ScopeMissing
from identity import audit
from identity.roles import Role
from miniapps.catalog.errors import AppNotFound
from miniapps.insight.rules.counting import What
from miniapps.insight.service.noting import Buffer, counting_into
from miniapps.notices.tables import Notice
from miniapps.shelf import queries, service, tasks
from miniapps.shelf.errors import ComplaintNotFound, RatingNotFound, RatingNotOpened
from miniapps.shelf.events import AppComplained, CommentDecided, ComplaintAnswered
from miniapps.shelf.rules import CommentState, ComplaintState, Concern
from storage import limits
from storage.db import fetch
from storage.ids import new_id
from tests.miniapps.shelf.factories import NOON, a_reader, acts, an_actor, an_app, described, opened

OPERATOR = an_actor(Role.OPERATOR)
TELLING = {"concern": Concern.BROKEN, "text": "点提交没有反应"}


@pytest.fixture(autouse=True)
def uncounted(monkeypatch):
    """Limits are counted here alone, as while Valkey is silent."""
    limits.forget()
    monkeypatch.setattr(limits, "_silent_until", float("inf"))
    yield
    limits.forget()


async def a_citizen(app_id: str = "rent-app"):
    citizen = an_actor(Role.CITIZEN)
    await opened(citizen, app_id)
    return citizen


async def score(app_id: str = "rent-app") -> tuple[float | None, int]:
    page = await queries.apps(a_reader(), first=100)
    [app] = [app for app in page.rows if app.app_id == app_id]
    return app.average, app.rated


async def comments() -> list[str]:
    page = await queries.comments(an_actor(Role.CITIZEN), "rent-app", first=10, after=None)
    return [row.comment for row in page.rows]


async def waiting() -> list:
    return (await queries.waiting(OPERATOR, first=10, after=None, now=NOON)).rows


async def test_who_has_not_opened_a_mini_app_does_not_rate_it(db):
    await an_app()
    citizen = an_actor(Role.CITIZEN)
    await opened(citizen, now=NOON - timedelta(days=200))
    await opened(citizen, "other-app")
    await opened(an_actor(Role.CITIZEN))

    with pytest.raises(RatingNotOpened):
        await service.rate(citizen, "rent-app", 5, "", now=NOON + timedelta(days=365))
    with pytest.raises(RatingNotOpened):
        await service.rate(an_actor(Role.CITIZEN), "rent-app", 5, "", now=NOON)
    with pytest.raises(AppNotFound):
        await service.rate(citizen, "none-app", 5, "", now=NOON)


async def test_stars_are_given_once_for_each_party_and_can_be_changed_and_taken_back(db):
    await an_app()
    await described()
    citizens = [await a_citizen() for _ in range(5)]

    for citizen in citizens[:4]:
        await service.rate(citizen, "rent-app", 5, "", now=NOON)
    assert await score() == (None, 4)
    await service.rate(citizens[4], "rent-app", 5, "", now=NOON)
    await service.rate(citizens[4], "rent-app", 1, "", now=NOON)
    await service.rate(citizens[4], "rent-app", 1, "", now=NOON)
    assert await score() == (4.2, 5)
    await service.withdraw_rating(citizens[4], "rent-app", now=NOON)
    assert await score() == (None, 4)
    with pytest.raises(RatingNotFound):
        await service.withdraw_rating(citizens[4], "rent-app", now=NOON)
    assert (await queries.rating(citizens[0], "rent-app")).stars == 5


async def test_the_same_party_at_once_counts_once(db):
    await an_app()
    await described()
    citizen = await a_citizen()

    await asyncio.gather(*(service.rate(citizen, "rent-app", stars, "", now=NOON) for stars in (1, 3, 5, 5)))

    assert (await score())[1] == 1


async def test_words_are_read_by_an_operator_before_anybody_else(db):
    await an_app()
    one, other = await a_citizen(), await a_citizen()
    await service.rate(one, "rent-app", 5, "好用，联系我 13800138000", now=NOON)
    await service.rate(other, "rent-app", 1, "骂人的话", now=NOON)

    assert await comments() == []
    newest, oldest = await waiting()
    await service.moderate(OPERATOR, oldest.id, show=True, now=NOON)
    await service.moderate(OPERATOR, newest.id, show=False, reason="辱骂他人", now=NOON)

    assert await comments() == ["好用，联系我 ***"]
    refused = await queries.rating(other, "rent-app")
    assert (refused.comment_state, refused.refusal) == (CommentState.REFUSED, "辱骂他人")
    assert await waiting() == []
    for rating_id in (oldest.id, newest.id):
        event = CommentDecided(party_id=None, rating_id=rating_id, at=NOON)
        await tasks.tell_of_comment(event, now=NOON)
    notices = {row.party_id: row.body for row in await Notice.objects()}
    assert "辱骂他人" in notices[other.acting_for]
    assert "看不到是谁写的" in notices[one.acting_for]


async def test_other_words_are_read_again_and_the_same_are_not(db):
    await an_app()
    citizen = await a_citizen()
    await service.rate(citizen, "rent-app", 5, "很好", now=NOON)
    [first] = await waiting()
    await service.moderate(OPERATOR, first.id, show=True, now=NOON)

    await service.rate(citizen, "rent-app", 4, "很好", now=NOON)
    assert await comments() == ["很好"]
    await service.rate(citizen, "rent-app", 4, "不好", now=NOON)
    assert await comments() == []
    [second] = await waiting()
    await service.rate(citizen, "rent-app", 4, "换一句", now=NOON)

    with pytest.raises(RatingNotFound):  # not the words he has read
        await service.moderate(OPERATOR, second.id, show=True, now=NOON)
    await service.rate(citizen, "rent-app", 4, "", now=NOON)
    assert (await queries.rating(citizen, "rent-app")).comment_state == CommentState.NONE


async def test_looks_at_waiting_words_and_complaints_are_recorded_with_whose_they_are(db):
    await an_app()
    citizen = await a_citizen()
    await service.rate(citizen, "rent-app", 5, "很好", now=NOON)
    await service.complain(citizen, "rent-app", **TELLING, key="k", now=NOON)

    await waiting()
    await queries.complaints(OPERATOR, open_only=True, first=10, after=None, now=NOON)
    await queries.complaints(citizen, open_only=False, first=10, after=None, now=NOON)

    looks = await fetch("SELECT party_id, act FROM audit_row WHERE act LIKE '%.read' ORDER BY act")
    assert [(row["act"], row["party_id"]) for row in looks] == [
        ("complaint.read", citizen.acting_for),
        ("rating.comment.read", citizen.acting_for),
    ]


async def test_a_complaint_is_one_for_its_key_and_the_figures_hear_of_the_first_of_each_party(db):
    await an_app()
    one, other = await a_citizen(), await a_citizen()

    first = await service.complain(one, "rent-app", **TELLING, key="k", now=NOON)
    again = await service.complain(one, "rent-app", **TELLING, key="k", now=NOON)
    await service.complain(one, "rent-app", **TELLING, key="l", now=NOON)
    await service.complain(other, "rent-app", **TELLING, key="k", now=NOON)

    told = await fetch("SELECT payload FROM outbox WHERE type = 'app.complained'")
    assert (first.id, first.version) == (again.id, "1.0.0")
    assert len(told) == 2
    assert all('"app_version":"1.0.0"' in row["payload"].replace(" ", "") for row in told)


async def test_who_never_opened_it_is_read_and_takes_no_version_back(db):
    await an_app()

    row = await service.complain(an_actor(Role.CITIZEN), "rent-app", **TELLING, key="k", now=NOON)

    assert row.version == "1.0.0"
    assert await fetch("SELECT payload FROM outbox WHERE type = 'app.complained'") == []


async def test_a_complaint_is_counted_for_its_version(db):
    buffer = Buffer()
    event = AppComplained(
        party_id=None, complaint_id=new_id(), app_id="rent-app", app_version="1.0.0", at=NOON
    )

    with counting_into(buffer):
        await tasks.count(event, now=NOON)

    assert buffer.rows["rent-app", "1.0.0"][What.COMPLAINT] == 1
    assert buffer.people == {("rent-app", "1.0.0", event.complaint_id.int): 1 << What.COMPLAINT}


async def test_a_complaint_is_of_the_version_that_was_opened_last(db):
    await an_app()
    citizen = an_actor(Role.CITIZEN)
    for version in ("1.1.0", "1.2.0-rc"):
        await audit.record(citizen, "app.open", "app/rent-app", version, now=NOON)
    await audit.record(citizen, "app.open", "app/other-app", "3.0.0", now=NOON)

    row = await service.complain(citizen, "rent-app", **TELLING, key="k", now=NOON)

    assert row.version == "1.2.0-rc"


async def test_an_answer_is_told_to_who_complained_and_he_sees_his_own_only(db):
    await an_app()
    citizen = an_actor(Role.CITIZEN)
    row = await service.complain(citizen, "rent-app", **TELLING, key="k", now=NOON)

    await service.answer(OPERATOR, row.id, "已经修好", now=NOON)
    await service.answer(OPERATOR, row.id, "已经修好", now=NOON)
    await tasks.tell_of_answer(ComplaintAnswered(party_id=None, complaint_id=row.id, at=NOON), now=NOON)

    [mine] = (await queries.complaints(citizen, open_only=False, first=10, after=None, now=NOON)).rows
    assert (mine.state, mine.answer) == (ComplaintState.ANSWERED, "已经修好")
    others = await queries.complaints(an_actor(Role.CITIZEN), open_only=False, first=10, after=None, now=NOON)
    assert others.rows == []
    [notice] = await Notice.objects()
    assert "已经修好" in notice.body
    assert (await acts()).count("complaint.answer") == 1
    with pytest.raises(ComplaintNotFound):
        await service.answer(OPERATOR, new_id(), "没有", now=NOON)


async def test_complaints_are_limited(db):
    await an_app()
    citizen = an_actor(Role.CITIZEN)
    for number in range(10):
        await service.complain(citizen, "rent-app", **TELLING, key=str(number), now=NOON)

    with pytest.raises(RateLimited):
        await service.complain(citizen, "rent-app", **TELLING, key="more", now=NOON)


async def test_only_operators_decide(db):
    citizen = an_actor(Role.CITIZEN)
    for verb in (
        service.moderate(citizen, new_id(), show=True, now=NOON),
        service.answer(citizen, new_id(), "好的", now=NOON),
        queries.waiting(citizen, first=10, after=None, now=NOON),
    ):
        with pytest.raises(ScopeMissing):
            await verb
    with pytest.raises(InvalidInput):
        await service.moderate(OPERATOR, new_id(), show=False, reason="", now=NOON)


async def test_who_is_erased_leaves_no_stars_and_no_words(db):
    await an_app()
    await described()
    gone, stays = await a_citizen(), await a_citizen()
    for citizen in (gone, stays):
        await service.rate(citizen, "rent-app", 3, "一般", now=NOON)
    await service.complain(gone, "rent-app", **TELLING, key="k", now=NOON)

    await service.forget(gone.person_id, now=NOON)

    assert (await score())[1] == 1
    assert await queries.rating(gone, "rent-app") is None
    assert await fetch("SELECT FROM app_complaint") == []
