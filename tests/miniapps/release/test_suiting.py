"""Versions that suit a host, a place or a tester, and what everybody else gets."""

from dataclasses import replace

import pytest

from banshi.errors import InvalidInput
from miniapps.release import service
from miniapps.release.errors import HostTooOld, NotServedHere
from miniapps.release.rules.rising import Step
from storage.ids import new_id
from tests.api.conftest import as_operator
from tests.miniapps.catalog.factories import make_approved, make_released
from tests.miniapps.release.factories import (
    APP,
    EVERYONE,
    NEW,
    NOON,
    OLD,
    a_visitor,
    as_developer,
    make_versions,
    open_app,
    promote,
    shown,
)


async def test_a_host_gets_only_what_it_is_new_enough_for_and_is_told_to_be_updated(db):
    developer = await make_versions(approved=())
    await make_approved(developer, as_operator(), NOON, id=APP, version=NEW, host="2.3")
    await promote(developer, NEW, Step(percent=100))
    inside = a_visitor()

    assert await shown() == OLD, "the platform's own host is at 1.0"
    assert await shown(host="2.2.9") == OLD
    assert await shown(inside, host="2.10") == NEW
    assert await shown(inside) == OLD, "the same session by an older host"
    await promote(developer, NEW, EVERYONE)
    with pytest.raises(HostTooOld) as refused:
        await shown(host="2.2.9")
    assert "请更新到 2.3" in str(refused.value)
    assert await shown(host="2.3.0") == NEW
    with pytest.raises(InvalidInput):
        await shown(host="newest")


async def test_a_place_that_is_not_served_is_told_where_one_is(db):
    developer = as_developer()
    here = {"id": APP, "regions": '["330100", "330783"]'}
    await make_released(developer, as_operator(), NOON, version=OLD, **here)
    neighbour = a_visitor(region="330204")

    for citizen, region in ((neighbour, None), (a_visitor(region="330106"), "330204"), (None, "330700")):
        with pytest.raises(NotServedHere) as refused:
            await shown(citizen, region=region)
        assert refused.value.data["places"] == "杭州市、金华市东阳市"
    assert await shown(neighbour, region="330106010") == OLD
    assert await shown(a_visitor(region="330783")) == OLD
    with pytest.raises(InvalidInput):
        await shown(neighbour, region="杭州")


async def test_whoever_lives_elsewhere_opens_what_the_whole_province_is_served(db):
    await make_versions()
    await make_released(as_developer(), as_operator(), NOON, id="town-app", regions='["330106"]')
    guest = a_visitor(region="110101")

    assert await shown(guest) == OLD
    with pytest.raises(NotServedHere):
        await open_app(guest, app_id="town-app")
    assert await open_app(guest, app_id="town-app", region="330106")


async def test_a_release_by_region_reaches_only_places_that_the_version_serves(db):
    developer = await make_versions(approved=())
    await make_approved(developer, as_operator(), NOON, id=APP, version=NEW, regions='["330100"]')
    with pytest.raises(InvalidInput):
        await promote(developer, NEW, Step(regions=("330106", "330200")))
    await promote(developer, NEW, Step(regions=("330000",)))

    assert await shown(a_visitor(region="330106")) == NEW
    assert await shown(a_visitor(region="330204")) == OLD
    assert await shown(a_visitor(region="330106"), region="330204") == OLD


async def test_testers_of_the_platform_get_the_candidate_in_their_own_matters_until_their_time_is_over(db):
    developer = await make_versions()
    tester, until = a_visitor(), NOON.replace(hour=23)
    trying = (as_operator(), tester.person_id, APP)
    assert await service.let_try(*trying, until=until, now=NOON)
    assert not await service.let_try(*trying, until=until, now=NOON)
    await promote(developer, NEW, Step())

    def anew(**rest):
        return replace(tester, session_id=new_id(), **rest)

    inside = anew()
    assert (await shown(inside), await shown()) == (NEW, OLD)
    assert await shown(anew(acting_for=new_id())) == OLD, "his ward is no tester"
    assert await shown(anew(), now=until) == OLD
    await service.prolong_trials(tester.person_id, until=until.replace(day=until.day + 1))
    assert await shown(anew(), now=until) == NEW
    assert await service.end_trial(tester.person_id, APP)
    assert await shown(anew()) == OLD
    assert await shown(inside) == NEW, "a session keeps what it opened"
