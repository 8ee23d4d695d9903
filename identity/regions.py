"""Regions: the divisions of Zhejiang (行政区划), province to township."""

import csv
from functools import cache
from importlib.resources import files

import msgspec
from piccolo.columns import UUID, SmallInt, Varchar
from piccolo.constraints import Check
from piccolo.table import Table

from storage.db import DB, execute
from storage.ids import new_id

PROVINCE = "330000"


class Division(Table, db=DB, tablename="division"):
    """One administrative division by its GB/T 2260 code: 6 digits down to counties, 9 for towns."""

    id = UUID(primary_key=True, default=new_id)
    code = Varchar(9, unique=True)
    name = Varchar(40)
    level = SmallInt()  # 1 province, 2 city, 3 county, 4 town
    parent = Varchar(9, null=True, default=None)  # code of the division above

    division_level_is_known = Check("level BETWEEN 1 AND 4")


class Place(msgspec.Struct, frozen=True):
    """One row of the shipped list."""

    code: str
    name: str
    level: int
    parent: str | None


@cache
def shipped() -> dict[str, Place]:
    """Return the divisions shipped with the program, by code."""
    text = files("identity").joinpath("data/zhejiang_divisions.csv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines())
    places = (Place(row["code"], row["name"], int(row["level"]), row["parent"] or None) for row in rows)
    return {place.code: place for place in places}


def chain(code: str) -> list[str]:
    """Return `code` and every division above it: town, county, city, province.

    Works on the code's own digits, so it also holds for divisions abolished since.
    """
    county, city = code[:6], code[:4] + "00"
    steps = [code, county, city, code[:2] + "0000"]
    return list(dict.fromkeys(steps))


def full_name(code: str) -> str:
    """Return the name from the city down, e.g. 杭州市西湖区; the code itself when it is not in the list."""
    known = [shipped()[step].name for step in reversed(chain(code)) if step in shipped()]
    return "".join(known[1:] or known) or code


async def seed() -> None:
    """Put the shipped divisions into the database; those already there stay."""
    places = list(shipped().values())
    await execute(
        "INSERT INTO division (id, code, name, level, parent)"
        " SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::smallint[], $5::text[])"
        " ON CONFLICT (code) DO NOTHING",
        [new_id() for _ in places], [place.code for place in places], [place.name for place in places],
        [place.level for place in places], [place.parent for place in places],
    )  # fmt: skip
