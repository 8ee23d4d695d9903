"""Testers, what they find, and what teams and operators make of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from banshi.errors import InvalidInput, ScopeMissing
from identity import people
from identity.errors import PersonNotFound
from identity.roles import Role
from identity.sandbox import BY_KEY, proof_of
from identity.teams import Member, MemberState, Team, TeamRole
from miniapps.notices.tables import Notice
from miniapps.shelf import queries, service, tasks
from miniapps.shelf.errors import (
    DefectMoveRefused,
    DefectNotFound,
    DefectOwnApp,
    NoSuchTester,
    NotATester,
)
from miniapps.shelf.events import AppTesterAppointed, DefectMoved
from miniapps.shelf.rules import DefectState, Severity
from miniapps.shelf.service import Move, Report
from miniapps.shelf.tables import AppDefect, DefectNote
from storage import limits
from storage.db import fetch
from storage.ids import new_id
from tests.miniapps.shelf.factories import NOON, a_tester, acts, an_actor, an_app

OPERATOR = an_actor(Role.OPERATOR)
REPORT = Report(
    app_id="rent-app", version="1.0.0", severity=Severity.MAJOR, title="提交以后白屏",
    steps="打开应用，填好表，点提交；应当看到回执，结果一片空白",
)  # fmt: skip
DAYS = timedelta(days=1)


@pytest.fixture(autouse=True)
def uncounted(monkeypatch):
    """Limits are counted here alone, as while Valkey is silent."""
    limits.forget()
    monkeypatch.setattr(limits, "_silent_until", float("inf"))
    yield
    limits.forget()


@pytest.fixture
async def team(db):
    """A team with an owner, a developer and one who only looks; and its mini-app."""
    row = Team(name="星河", created_at=NOON)
    await row.save()
    for role in TeamRole:
        await Member(
            party_id=new_id(), team=row.id, role=role, state=MemberState.ACTIVE, invited_by=new_id(),
            invited_at=NOON,
        ).save()  # fmt: skip
    await an_app(team=row.id)
    return row.id


def of_team(team_id):
    return an_actor(Role.DEVELOPER, acting_for=team_id)


async def a_reporter():
    person = an_actor(Role.CITIZEN)
    await a_tester(person)
    return person


async def reported(person=None, *, key: str = "k", **rest) -> AppDefect:
    return await service.report(person or await a_reporter(), replace(REPORT, **rest), key=key, now=NOON)


async def moved(actor, defect, to, **rest):
    return await service.move(actor, defect.id, Move(to=to, **rest), now=NOON)


async def seen(actor, **rest) -> list:
    values = {"app_id": None, "state": None} | rest
    page = await queries.defects(actor, **values, first=100, after=None, now=NOON)
    return [row.id for row in page.rows]


async def test_an_operator_appoints_a_tester_by_number_and_name(db):
    who = BY_KEY["li_wei"]
    person = await people.ensure(proof_of(who, now=NOON), now=NOON)
    named = {"number": who.number, "name": who.name, "region": "330106"}

    one = await service.appoint(OPERATOR, **named, until=NOON + 30 * DAYS, now=NOON)
    again = await service.appoint(OPERATOR, **named, until=NOON + 60 * DAYS, now=NOON)
    await tasks.tell_tester(AppTesterAppointed(party_id=None, tester_id=one.id, at=NOON), now=NOON)

    assert (one.id, one.party_id) == (again.id, person.id)
    assert again.ends_at == NOON + 60 * DAYS
    [notice] = await Notice.objects()
    assert (notice.party_id, "杭州市西湖区" in notice.body) == (person.id, True)
    [row] = (await queries.testers(OPERATOR, first=10, after=None, now=NOON)).rows
    await service.dismiss(OPERATOR, row.id, reason="本人申请", now=NOON)
    assert (await queries.testers(OPERATOR, first=10, after=None, now=NOON)).rows == []
    with pytest.raises(NoSuchTester):
        await service.dismiss(OPERATOR, row.id, reason="本人申请", now=NOON)
    assert await acts() == ["tester.appoint", "tester.appoint", "tester.read", "tester.dismiss"]


async def test_a_term_has_a_region_and_an_end_and_is_for_somebody_known(db):
    named = {"number": BY_KEY["li_wei"].number, "name": "李伟"}
    for region, until in (("440000", NOON + DAYS), ("330106", NOON), ("330106", NOON + 731 * DAYS)):
        with pytest.raises(InvalidInput):
            await service.appoint(OPERATOR, **named, region=region, until=until, now=NOON)
    with pytest.raises(PersonNotFound):
        await service.appoint(OPERATOR, **named, region="330106", until=NOON + DAYS, now=NOON)
    with pytest.raises(ScopeMissing):
        await service.appoint(an_actor(Role.CITIZEN), **named, region="330106", until=NOON + DAYS, now=NOON)


async def test_a_tester_reports_in_his_time_and_nobody_else(team):
    reporter = await a_reporter()
    gone = an_actor(Role.CITIZEN)
    await a_tester(gone, until=NOON)

    row = await reported(reporter)
    again = await reported(reporter)

    assert (row.id, row.region, row.state) == (again.id, "330106", DefectState.NEW)
    for other in (an_actor(Role.CITIZEN), gone, replace(reporter, acting_for=new_id())):
        with pytest.raises(NotATester):
            await reported(other)
    with pytest.raises(InvalidInput):
        await reported(reporter, key="v", version="9.9.9")


async def test_who_builds_a_mini_app_does_not_report_on_it(team):
    [member] = await Member.objects().where(Member.role == TeamRole.DEVELOPER)
    person = an_actor(Role.CITIZEN, person_id=member.party_id)
    await a_tester(person)

    with pytest.raises(DefectOwnApp):
        await reported(person)


async def test_what_identifies_a_person_is_blotted_out_of_a_report(team):
    row = await reported(title="身份证 330199199004121024 报错", steps="手机号填 13800138000 以后报错")

    assert (row.title, row.steps) == ("身份证 *** 报错", "手机号填 *** 以后报错")


async def test_each_sees_what_is_his_and_what_is_not_looks_like_what_never_was(team):
    await an_app("other-app")
    reporter = await a_reporter()
    mine = await reported(reporter)
    others = await reported(app_id="other-app")

    assert await seen(reporter) == [mine.id]
    assert await seen(of_team(team)) == [mine.id]
    assert await seen(OPERATOR) == [others.id, mine.id]
    assert await seen(OPERATOR, app_id="rent-app", state=DefectState.NEW) == [mine.id]
    for stranger in (an_actor(Role.CITIZEN), of_team(new_id())):
        assert await seen(stranger) == []
        with pytest.raises(DefectNotFound):
            await queries.defect(stranger, mine.id, now=NOON)
        with pytest.raises(DefectNotFound):
            await moved(stranger, mine, DefectState.CONFIRMED)
        with pytest.raises(DefectNotFound):
            await service.reply(stranger, mine.id, "看看", now=NOON)
    looks = await fetch("SELECT DISTINCT party_id FROM audit_row WHERE act = 'defect.read'")
    assert {row["party_id"] for row in looks} == {reporter.person_id, others.party_id}


async def test_a_defect_is_confirmed_fixed_and_closed_and_all_concerned_hear(team):
    reporter = await a_reporter()
    row = await reported(reporter)
    with pytest.raises(DefectMoveRefused):
        await moved(of_team(team), row, DefectState.CONFIRMED)

    await moved(OPERATOR, row, DefectState.CONFIRMED)
    await moved(of_team(team), row, DefectState.FIXING, note="已经复现")
    with pytest.raises(InvalidInput):
        await moved(of_team(team), row, DefectState.FIXED)
    await moved(of_team(team), row, DefectState.FIXED, fixed_in="1.0.1")
    await moved(OPERATOR, row, DefectState.CONFIRMED, note="还在")
    await moved(of_team(team), row, DefectState.FIXING)
    await moved(of_team(team), row, DefectState.FIXED, fixed_in="1.0.2")
    last = await moved(OPERATOR, row, DefectState.CLOSED)
    await moved(OPERATOR, row, DefectState.CLOSED)  # where it stands, nothing happens

    assert (last.state, last.fixed_in) == (DefectState.CLOSED, "1.0.2")
    notes = (await queries.notes_of(reporter, [row.id]))[row.id]
    assert [note.state for note in notes] == [
        "new", "confirmed", "fixing", "fixed", "confirmed", "fixing", "fixed", "closed",
    ]  # fmt: skip
    for note in notes:
        event = DefectMoved(party_id=None, defect_id=row.id, note_id=note.id, at=NOON)
        await tasks.tell_of_defect(event, now=NOON)
    told = {each.party_id: 0 for each in await Notice.objects()}
    for each in await Notice.objects():
        told[each.party_id] += 1
    builders = await Member.objects().where(Member.role != TeamRole.TESTER)
    assert told == {reporter.person_id: 7} | {each.party_id: 3 for each in builders}


async def test_a_duplicate_names_another_defect_of_the_same_mini_app(team):
    await an_app("other-app")
    first, second, third = await reported(), await reported(), await reported()
    elsewhere = await reported(app_id="other-app")

    for wrong in (None, second.id, elsewhere.id):
        with pytest.raises(InvalidInput):
            await moved(OPERATOR, second, DefectState.DUPLICATE, duplicate_of=wrong)
    await moved(OPERATOR, second, DefectState.DUPLICATE, duplicate_of=first.id)
    with pytest.raises(InvalidInput):
        await moved(OPERATOR, third, DefectState.DUPLICATE, duplicate_of=second.id)
    with pytest.raises(InvalidInput):
        await moved(OPERATOR, third, DefectState.CONFIRMED, duplicate_of=first.id)
    await moved(OPERATOR, third, DefectState.DUPLICATE, duplicate_of=first.id)

    same = await queries.duplicates_of(of_team(team), [first.id, third.id])
    assert same == {first.id: [second.id, third.id], third.id: []}
    back = await moved(OPERATOR, second, DefectState.NEW)
    assert (back.state, back.duplicate_of) == (DefectState.NEW, None)


async def test_the_team_and_the_tester_talk_without_knowing_each_other(team):
    reporter = await a_reporter()
    row = await reported(reporter)

    await service.reply(of_team(team), row.id, "请问是哪种手机？", now=NOON)
    await service.reply(of_team(team), row.id, "请问是哪种手机？", now=NOON)
    await service.reply(reporter, row.id, "安卓的", now=NOON)

    notes = (await queries.notes_of(of_team(team), [row.id]))[row.id]
    assert [(note.side, note.text) for note in notes[1:]] == [
        ("team", "请问是哪种手机？"), ("tester", "安卓的"),
    ]  # fmt: skip
    assert not {"party_id", "person_id"} & {column._meta.name for column in DefectNote._meta.columns}
    assert (await acts()).count("defect.reply") == 2
