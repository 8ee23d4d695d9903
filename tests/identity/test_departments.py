"""Regions and departments: who is responsible where."""

import pytest

from identity import departments, regions, seed
from identity.departments import AGENCIES, DepartmentNotFound
from identity.numbers import credit_code
from identity.regions import Division
from tests.identity.factories import NOON


@pytest.fixture
async def offices(db):
    await seed.seed(now=NOON, personas=False)
    return db


def test_shipped_divisions_hang_together():
    places = regions.shipped()

    counts = [sum(place.level == level for place in places.values()) for level in (1, 2, 3, 4)]
    assert counts == [1, 11, 90, 1387]
    assert all(place.parent in places for place in places.values() if place.level > 1)


def test_chain_climbs_to_the_province():
    assert regions.chain("330106001") == ["330106001", "330106", "330100", "330000"]
    assert regions.chain("330000") == ["330000"]


def test_full_name_begins_at_the_city():
    assert regions.full_name("330106") == "杭州市西湖区"
    assert regions.full_name("330000") == "浙江省"
    assert regions.full_name("990000") == "990000"


def test_every_office_has_a_valid_code_and_a_name_of_its_own():
    rows = departments.offices()

    assert len(rows) == len(AGENCIES) * 102 + 1
    assert len({row.code for row in rows}) == len({row.name for row in rows}) == len(rows)
    assert all(credit_code(row.code) == row.code for row in rows)


@pytest.mark.parametrize(
    ("region", "found"),
    [("330106", "330106"), ("330106001", "330106"), ("330199", "330100"), ("339900", "330000")],
)
async def test_nearest_office_up_the_chain_is_competent(offices, region, found):
    department = await departments.competent("public_security", region)

    assert department.region == found


async def test_competent_office_costs_one_statement(offices):
    offices.clear()

    department = await departments.competent("health", "330106")

    assert department.name == "杭州市西湖区卫生健康局"
    assert len(offices) == 1


async def test_unknown_agency_or_place_is_refused(offices):
    with pytest.raises(DepartmentNotFound):
        await departments.competent("navy", "330106")
    with pytest.raises(DepartmentNotFound):
        await departments.competent("health", "110000")
    with pytest.raises(DepartmentNotFound):
        await departments.the("health", "330199")


async def test_departments_are_fetched_by_ids_at_once(offices):
    ids = [await departments.the("health", region) for region in ("330106", "330203")]
    offices.clear()

    found = await departments.by_ids(ids)

    assert {department.id for department in found} == set(ids)
    assert len(offices) == 1
    assert await departments.by_ids([]) == []


async def test_divisions_stand_in_the_database_with_their_parents(offices):
    town = await Division.objects().get(Division.code == "330106002")

    assert (town.level, town.parent) == (4, "330106")
