"""What stands for a place: the nearest around it that has something of its own."""

import asyncio

import pytest

from miniapps.items.queries import OFFERED_IN, _regions
from tests.miniapps.items.factories import make_item


@pytest.fixture
def hearing():
    """A process that hears of changes."""
    OFFERED_IN.listener().back()
    yield
    OFFERED_IN.listener().lost()


async def test_who_hears_nothing_knows_nothing(db):
    await make_item(more="实施地区: [330100]\n")
    db.clear()

    await OFFERED_IN.know()

    assert not db
    assert OFFERED_IN.nearest("330106") == "330106"


async def test_the_nearest_place_with_an_item_stands_for_those_inside(db, hearing):
    await make_item(more="实施地区: [330100, 330203]\n")
    await OFFERED_IN.know()

    stands = {code: OFFERED_IN.nearest(code) for code in ("330106", "330100", "330203", "330212", "331000")}

    assert stands == {
        "330106": "330100",
        "330100": "330100",
        "330203": "330203",
        "330212": "330000",
        "331000": "330000",
    }


async def test_a_town_is_shown_what_its_county_is(db, hearing):
    await make_item(more="实施地区: [330106]\n")
    await OFFERED_IN.know()

    assert {OFFERED_IN.nearest(code) for code in ("330106109", "330106")} == {"330106"}


async def test_one_asks_and_the_others_go_on(db, hearing):
    await asyncio.gather(*(OFFERED_IN.know() for _ in range(20)))

    assert sum("regions::text[]" in statement for statement in db) == 1
    assert OFFERED_IN.nearest("330106") == "330000"


async def test_a_failure_lets_the_next_one_ask(db, hearing, monkeypatch):
    async def fail(*_):
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr(_regions, "fetch", fail)
        with pytest.raises(OSError):
            await OFFERED_IN.know()
    await OFFERED_IN.know()

    assert OFFERED_IN.nearest("330106") == "330000"


@pytest.mark.parametrize("code", ["110101", "33010", "somewhere", "", "３３０１０６"])
async def test_what_is_no_division_of_ours_stands_for_itself(db, hearing, code):
    await OFFERED_IN.know()

    assert OFFERED_IN.nearest(code) == code


async def test_it_is_asked_once_until_something_changes(db, hearing):
    await OFFERED_IN.know()
    db.clear()
    await OFFERED_IN.know()
    assert not db

    await make_item(more="实施地区: [330106]\n")
    OFFERED_IN.listener().heard("case")
    assert OFFERED_IN.nearest("330106") == "330000"
    OFFERED_IN.listener().heard("item")
    assert OFFERED_IN.nearest("330106") == "330106"
    db.clear()
    await OFFERED_IN.know()
    assert any("regions::text[]" in statement for statement in db)
    assert (OFFERED_IN.nearest("330106"), OFFERED_IN.nearest("330105")) == ("330106", "330000")
