"""Departments: the organs and offices that decide."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID as Id

from piccolo.columns import UUID, Varchar
from piccolo.query import Objects
from piccolo.table import Table

from identity import regions
from identity.errors import DepartmentNotFound
from identity.numbers import with_credit_check
from storage.db import DB, execute, fetch
from storage.ids import new_id

AGENCIES = {
    "public_security": "公安局",
    "health": "卫生健康局",
    "medical_insurance": "医疗保障局",
    "human_resources": "人力资源和社会保障局",
    "housing_fund": "住房公积金管理中心",
    "market_regulation": "市场监督管理局",
    "civil_affairs": "民政局",
    "disabled_federation": "残疾人联合会",
    "education": "教育局",
    "transport": "交通运输局",
}
"""The kinds of department, by key, with the usual ending of their names."""

PLATFORM = "platform"
"""The agency that runs the platform itself (省数据局); it exists once."""

PROVINCIAL = {
    "public_security": "公安厅",
    "health": "卫生健康委员会",
    "human_resources": "人力资源和社会保障厅",
    "civil_affairs": "民政厅",
    "education": "教育厅",
    "transport": "交通运输厅",
}


class Department(Table, db=DB, tablename="department"):
    """One organ in one region, by its unified social credit code."""

    id = UUID(primary_key=True, default=new_id)
    code = Varchar(18, unique=True)
    agency = Varchar(40)  # key of AGENCIES, or PLATFORM
    name = Varchar(80)
    region = Varchar(6)


@dataclass(frozen=True)
class Office:
    """A department about to be stored."""

    code: str
    agency: str
    name: str
    region: str


async def competent(agency: str, region: str) -> Department:
    """Return the lowest office of `agency` responsible for `region`: county, else city, else province.

    Raises: DepartmentNotFound.
    """
    places = regions.chain(region)
    found = await by_places(agency, places)
    if not found:
        raise DepartmentNotFound(agency=agency, region=region)
    return min(found, key=lambda department: places.index(department.region))


COMPETENT = """(SELECT id FROM department WHERE agency = {agency} AND region = ANY({places})
  ORDER BY array_position({places}, region::text) LIMIT 1)"""
"""What `competent` returns, as the id in a caller's own statement; `places` are `regions.chain`."""


async def by_places(agency: str, places: Sequence[str]) -> list[Department]:
    """Return the offices of `agency` in any of `places`."""
    rows = await fetch(
        "SELECT * FROM department WHERE agency = $1 AND region = ANY($2)", agency, list(places)
    )
    return [Department(**row, _exists_in_db=True) for row in rows]


async def by_ids(ids: Sequence[Id]) -> list[Department]:
    """Return the departments with these ids, in no order."""
    return await _objects().where(Department.id.is_in(list(ids))) if ids else []


async def named(name: str) -> Id | None:
    """Return the id of the department of exactly this name; None when there is none."""
    rows = await fetch("SELECT id FROM department WHERE name = $1 ORDER BY id LIMIT 1", name)
    return Id(str(rows[0]["id"])) if rows else None


def _objects() -> Objects[Department]:
    return Department.objects()


def offices() -> list[Office]:
    """Return an office of each agency in the province, each city and each county."""
    places = [place for place in regions.shipped().values() if place.level <= 3]
    agencies = enumerate(AGENCIES, start=1)
    usual = [_office(number, agency, place) for number, agency in agencies for place in places]
    name = regions.shipped()[regions.PROVINCE].name + "数据局"
    return [*usual, Office(_code(regions.PROVINCE, 99), PLATFORM, name, regions.PROVINCE)]


def _office(number: int, agency: str, place: regions.Place) -> Office:
    ending = PROVINCIAL.get(agency, AGENCIES[agency]) if place.level == 1 else AGENCIES[agency]
    return Office(_code(place.code, number), agency, regions.full_name(place.code) + ending, place.code)


def _code(region: str, number: int) -> str:
    """Return a well-formed credit code of an organ (11) that no real one bears: its middle is zeros."""
    return with_credit_check(f"11{region}{number:09d}")


async def seed() -> None:
    """Put every office into the database; those already there stay."""
    rows = offices()
    await execute(
        "INSERT INTO department (id, code, agency, name, region)"
        " SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[])"
        " ON CONFLICT (code) DO NOTHING",
        [new_id() for _ in rows], [row.code for row in rows], [row.agency for row in rows],
        [row.name for row in rows], [row.region for row in rows],
    )  # fmt: skip


async def the(agency: str, region: str) -> Id:
    """Return the id of the office of `agency` in exactly `region`.

    Raises: DepartmentNotFound.
    """
    rows = await fetch("SELECT id FROM department WHERE agency = $1 AND region = $2", agency, region)
    if not rows:
        raise DepartmentNotFound(agency=agency, region=region)
    return Id(str(rows[0]["id"]))
