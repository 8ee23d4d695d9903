"""Regions as choices: the province, its cities, and the counties of each."""

from collections.abc import Iterable
from functools import cache

from identity import regions

CITY, COUNTY = 2, 3  # levels; towns are below

Choices = tuple[tuple[str, str], ...]  # (code, name), …


@cache
def groups() -> tuple[tuple[str, Choices], ...]:
    """Return the regions to choose from: the province, then each city with its counties."""
    known = [place for place in regions.shipped().values() if place.level <= COUNTY]
    cities = [place for place in known if place.level == CITY]
    province = tuple((place.code, place.name) for place in known if place.level < CITY)
    below = {
        city.code: tuple((place.code, place.name) for place in known if place.parent == city.code)
        for city in cities
    }
    return (
        ("全省", province),
        *((city.name, ((city.code, f"{city.name}全市"), *below[city.code])) for city in cities),
    )


def named(codes: Iterable[str]) -> str:
    """Return what regions are called, one after the other."""
    return "、".join(regions.full_name(code) for code in codes)
