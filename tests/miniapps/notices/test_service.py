from datetime import timedelta

import pytest

from identity.actor import WORKER
from miniapps.notices import queries, service, tasks
from miniapps.notices.errors import NoticeNotFound
from miniapps.notices.events import NoticesAged
from miniapps.notices.tables import AppMark, Notice
from storage.db import fetch
from storage.ids import new_id
from tests.miniapps.notices.factories import NOW, a_citizen, tell


async def titles(actor, **rest) -> list[str]:
    page = await queries.page(actor, first=100, **rest)
    return [notice.title for notice in page.rows]


async def test_telling_twice_under_one_key_tells_once(db):
    citizen = a_citizen()

    await tell(citizen.acting_for, title="第一次")
    await tell(citizen.acting_for, title="第二次")

    assert await titles(citizen) == ["第一次"]


async def test_one_key_tells_each_party(db):
    mother, father = a_citizen(), a_citizen()

    await tell(mother.acting_for)
    await tell(father.acting_for)

    assert len(await titles(mother)) == len(await titles(father)) == 1


async def test_an_inbox_shows_its_owner_alone_newest_first(db):
    citizen = a_citizen()
    for key in ("一", "二", "三"):
        await tell(citizen.acting_for, key=key, title=key)
    await tell(new_id())

    assert await titles(citizen) == ["三", "二", "一"]


async def test_a_page_goes_on_where_the_last_one_ended(db):
    citizen = a_citizen()
    for key in "12345":
        await tell(citizen.acting_for, key=key, title=key)

    first = await queries.page(citizen, first=2)
    second = await queries.page(citizen, first=2, after=first.rows[-1].id)

    assert [notice.title for notice in first.rows + second.rows] == ["5", "4", "3", "2"]
    assert first.more


async def test_a_page_costs_one_statement_whatever_its_length(db):
    citizen = a_citizen()
    for key in "12345":
        await tell(citizen.acting_for, key=key)
    db.clear()

    await queries.page(citizen, first=5)

    assert len(db) == 1


async def test_a_mini_app_sees_only_what_came_through_it(db):
    through_app = a_citizen(app_id="rent-helper")
    await tell(through_app.acting_for, key="1", title="经小程序", app_id="rent-helper")
    await tell(through_app.acting_for, key="2", title="其他")

    assert await titles(through_app) == ["经小程序"]


async def test_reading_a_notice_keeps_the_first_time_and_lowers_the_count(db):
    citizen = a_citizen()
    await tell(citizen.acting_for, key="1")
    await tell(citizen.acting_for, key="2", title="未读")
    read = (await queries.page(citizen, first=2)).rows[1]

    await service.mark_read(citizen, read.id, now=NOW)
    again = await service.mark_read(citizen, read.id, now=NOW + timedelta(days=1))

    assert again.read_at == NOW
    assert await queries.unread_count(citizen) == 1
    assert await titles(citizen, unread_only=True) == ["未读"]


async def test_someone_elses_notice_and_none_at_all_are_refused_alike(db):
    owner, stranger = a_citizen(), a_citizen()
    await tell(owner.acting_for)
    notice = (await queries.page(owner, first=1)).rows[0]

    with pytest.raises(NoticeNotFound):
        await service.mark_read(stranger, notice.id, now=NOW)
    with pytest.raises(NoticeNotFound):
        await service.mark_read(owner, new_id(), now=NOW)


async def test_reading_everything_touches_ones_own_inbox_only(db):
    reader, other = a_citizen(), a_citizen()
    await tell(reader.acting_for, key="1")
    await tell(reader.acting_for, key="2")
    await tell(other.acting_for)

    await service.mark_all_read(reader, now=NOW)

    assert (await queries.unread_count(reader), await queries.unread_count(other)) == (0, 1)


async def test_words_come_from_the_kind_and_its_parameters_stay_without_numbers(db):
    citizen = a_citizen()
    causes = {"number": "330100261120000000012", "causes": "找 13812345678"}

    await service.tell_of(citizen.acting_for, kind="trip.one", parameters=causes, key="1", now=NOW)

    notice = (await queries.page(citizen, first=1)).rows[0]
    rows = await fetch("SELECT parameters->>'causes' AS causes FROM notice")
    assert notice.title == "这次办事您跑了一次"
    assert "13812345678" not in notice.body
    assert rows == [{"causes": "找 ***"}]


async def test_a_notice_cannot_lead_to_another_host(db):
    with pytest.raises(ValueError, match="our own pages"):
        await tell(new_id(), link="https://example.org")


async def test_the_sweep_drops_what_is_past_keeping_and_sets_the_next(db):
    citizen = a_citizen()
    await tell(citizen.acting_for, key="old", title="旧", now=NOW - timedelta(days=731))
    await tell(citizen.acting_for, key="new", title="新")
    for key, days in (("old", 31), ("new", 29)):
        mark = AppMark(party_id=citizen.acting_for, app_id="rent-helper", key=key, digest="")
        mark.told_at = NOW - timedelta(days=days)
        await mark.save()

    await tasks.sweep(NoticesAged(party_id=None), now=NOW)

    waiting = await fetch("SELECT not_before FROM outbox WHERE type = 'notices.aged'")
    assert await titles(citizen) == ["新"]
    assert [mark.key for mark in await queries.marks(citizen.acting_for, "rent-helper")] == ["new"]
    assert [row["not_before"] for row in waiting] == [NOW + timedelta(days=1)]


async def test_seeding_twice_leaves_one_sweep_waiting(db):
    await service.seed(now=NOW)
    await service.seed(now=NOW)

    assert await fetch("SELECT count(*) FROM outbox WHERE type = 'notices.aged'") == [{"count": 1}]


async def test_a_worker_sees_every_inbox(db):
    await tell(new_id())

    assert await titles(WORKER) == ["标题"]
    assert await Notice.count() == 1
