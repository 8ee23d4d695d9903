"""What a citizen gets who opens a mini-app, and that he keeps it."""

import asyncio
import time
from dataclasses import replace

import pytest

from banshi.errors import NotSignedIn
from identity import tokens
from identity.teams import Member, MemberState, TeamRole
from miniapps.catalog.errors import AppConsentMissing, AppNotFound, ScopeNotDeclared
from miniapps.insight.rules.counting import What
from miniapps.insight.service.noting import Buffer, counting_into
from miniapps.release import queries, service
from miniapps.release.rules.rising import Step
from miniapps.release.tables import AppPin
from storage import limits
from storage.db import execute
from storage.ids import new_id
from tests.api.conftest import as_citizen
from tests.identity.factories import make_session
from tests.miniapps.catalog.factories import SCOPES
from tests.miniapps.release.factories import (
    APP,
    EVERYONE,
    NEW,
    NOON,
    OLD,
    a_visitor,
    make_versions,
    open_app,
    promote,
    roll_back,
    shown,
)


async def test_opened_app_gets_a_token_for_what_was_agreed(db):
    await make_versions()
    _, citizen = await make_session()

    opening = await open_app(citizen)

    actor = await tokens.actor_of(opening.token, now=NOON)
    assert actor is not None
    assert actor.app_id == APP
    assert {str(scope) for scope in actor.scopes} == set(SCOPES)
    assert actor.acting_for == citizen.acting_for
    assert (opening.version, opening.entry, opening.notices) == (OLD, "https://rent.example", ())
    assert (await queries.called(actor))[1].version == OLD


async def test_second_opening_remembers_the_consent(db):
    await make_versions()
    citizen = a_visitor()
    await open_app(citizen)

    again = await service.open_(citizen, APP, (), now=NOON)

    assert {str(scope) for scope in again.scopes} == set(SCOPES)


async def test_what_is_not_agreed_to_or_not_asked_for_is_refused(db):
    await make_versions()

    with pytest.raises(AppConsentMissing):
        await service.open_(a_visitor(), APP, (), now=NOON)
    with pytest.raises(ScopeNotDeclared):
        await service.open_(a_visitor(), APP, [*SCOPES, "profile:read"], now=NOON)
    assert await AppPin.count() == 0, "who did not come in keeps nothing"


async def test_without_a_session_or_an_app_nothing_opens(db):
    with pytest.raises(NotSignedIn):
        await open_app(as_citizen())
    with pytest.raises(AppNotFound):
        await open_app(a_visitor())


async def test_a_share_of_citizens_gets_the_candidate(db):
    developer = await make_versions()
    await promote(developer, NEW, Step(percent=30))

    found = [await shown() for _ in range(60)]

    assert 5 <= found.count(NEW) <= 35
    assert set(found) == {OLD, NEW}


async def test_a_region_gets_the_candidate(db):
    developer = await make_versions()
    await promote(developer, NEW, Step(regions=("330100",)))

    assert await shown(a_visitor(region="330106")) == NEW
    assert await shown(a_visitor(region="330204")) == OLD


async def test_those_who_make_it_get_the_candidate_first(db):
    developer = await make_versions()
    tester = a_visitor()
    await Member(
        party_id=tester.person_id, team=await _team(developer), role=TeamRole.TESTER,
        state=MemberState.ACTIVE, invited_by=tester.person_id, invited_at=NOON,
    ).save()  # fmt: skip
    await promote(developer, NEW, Step())

    assert await shown(tester) == NEW
    assert await shown() == OLD


async def _team(developer):
    """The team in which the developer acts."""
    await execute("INSERT INTO team (id, name, created_at) VALUES ($1, '组', $2)", developer.acting_for, NOON)
    return developer.acting_for


async def test_a_session_keeps_its_version_while_the_release_rises(db):
    developer = await make_versions()
    inside = a_visitor()
    assert await shown(inside) == OLD

    await promote(developer, NEW, EVERYONE)

    assert await shown(inside) == OLD
    assert await shown(replace(inside, session_id=new_id())) == NEW


async def test_a_rollback_is_seen_at_the_next_opening_of_every_session(db):
    developer = await make_versions()
    await promote(developer, NEW, EVERYONE)
    inside = a_visitor()
    assert await shown(inside) == NEW

    await roll_back(developer, OLD)

    assert await shown(inside) == OLD
    assert await shown() == OLD


async def test_of_two_openings_at_once_in_a_session_both_get_the_same(db):
    developer = await make_versions()
    for _ in range(10):
        inside = a_visitor()
        opened, other, _ = await asyncio.gather(
            shown(inside), shown(inside), promote(developer, NEW, EVERYONE), return_exceptions=True
        )
        assert opened == other == await shown(inside)
        await roll_back(developer, OLD)


async def test_an_opening_costs_no_more_than_before(db):
    await make_versions()
    citizen = a_visitor()
    await open_app(citizen)
    db.clear()

    await service.open_(citizen, APP, (), now=NOON)

    assert len(db) == 7, db  # begin, choice, consent, consent again, token, audit, commit
    assert not any("mini_app_version" in statement for statement in db)


async def test_a_first_opening_in_a_session_costs_one_statement_more(db):
    await make_versions()
    citizen = a_visitor()
    await open_app(citizen)
    db.clear()

    await service.open_(replace(citizen, session_id=new_id()), APP, (), now=NOON)

    assert len(db) == 8, db


async def test_openings_and_consents_are_counted_by_version(db):
    developer = await make_versions()
    await promote(developer, NEW, EVERYONE)
    buffer, citizen = Buffer(), a_visitor()
    with counting_into(buffer):
        for granted in ((), SCOPES[:1], SCOPES, ()):
            try:
                await service.open_(citizen, APP, granted, now=NOON)
            except AppConsentMissing:
                continue

    [tally] = buffer.take()

    assert (tally.app_id, tally.version) == (APP, NEW)
    assert buffer.people == {(APP, NEW, citizen.person_id.int): 1 << What.OPEN}
    counted = {what: tally.counts[what] for what in What if tally.counts[what]}
    assert counted == dict(zip(What, [2, 1, 1, 1], strict=False))


async def test_a_sheet_that_is_loaded_again_counts_once_a_day_for_each_person(db, monkeypatch):
    developer = await make_versions()
    await promote(developer, NEW, EVERYONE)
    buffer, people = Buffer(), [a_visitor(), a_visitor()]
    elapsed = time.monotonic()
    with counting_into(buffer):
        for day in range(2):
            monkeypatch.setattr(limits.time, "monotonic", lambda: elapsed + day * 86_401)  # noqa: B023
            for citizen in people * 3:
                await service.terms(citizen, APP, now=NOON)
                with pytest.raises(AppConsentMissing):
                    await service.open_(citizen, APP, SCOPES[:1], now=NOON)
        for _ in range(3):
            await service.open_(people[0], APP, SCOPES, now=NOON)
        await service.terms(people[0], APP, now=NOON)

    [tally] = buffer.take()

    assert [tally.counts[what] for what in (What.CONSENT_ASKED, What.CONSENT_REFUSED)] == [4, 4]
    assert tally.counts[What.CONSENT_GRANTED] == 1


async def test_pins_go_with_their_sessions(db):
    await make_versions()
    _, citizen = await make_session()
    await open_app(citizen)
    await open_app(a_visitor())
    assert await AppPin.count() == 2

    later = NOON.replace(day=NOON.day + 1, hour=NOON.hour + 1)
    await execute("UPDATE session SET expires_at = $1", later.replace(day=later.day + 1))
    await service.sweep(now=later)

    [left] = await AppPin.objects()
    assert left.session_id == citizen.session_id
