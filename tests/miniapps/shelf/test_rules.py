"""What is shown of a shelf, what may be kept of it, and where a defect may go: without a database."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import product

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from banshi.errors import InvalidInput
from miniapps.shelf import rules
from miniapps.shelf.errors import DefectMoveRefused
from miniapps.shelf.rules import (
    MOVES,
    SHIPPED,
    AgeGroup,
    Category,
    DefectState,
    Edit,
    Front,
    LifeEvent,
    Placing,
    Shelf,
    Side,
    average,
    check_move,
)
from tests.miniapps.shelf.factories import HOUR, NOON, a_reader, a_slot

ALL = {"rent-app", "fund-app", "card-app"}


def codes(slots, reader=None, at=NOON, listed=ALL):
    return [slot.code for slot in rules.shown(slots, reader or a_reader(), at=at, listed=listed)]


def test_a_slot_is_shown_from_its_beginning_and_not_at_its_end():
    slots = [a_slot()]

    assert codes(slots, at=NOON - HOUR) == ["top"]
    assert codes(slots, at=NOON + HOUR - timedelta(microseconds=1)) == ["top"]
    assert codes(slots, at=NOON + HOUR) == codes(slots, at=NOON - HOUR - timedelta(microseconds=1)) == []


def test_the_nearest_region_wins_a_place_then_the_one_that_began_last_then_the_first_by_code():
    wide, city = a_slot("wide", begins=NOON), a_slot("city", region="330100")
    late, same = a_slot("late", begins=NOON), a_slot("also", begins=NOON)

    assert codes([wide, city]) == ["city"]
    assert codes([wide, city], a_reader("330200")) == ["wide"]
    assert codes([a_slot("old"), late]) == codes([late, a_slot("old")]) == ["late"]
    assert codes([late, same]) == codes([same, late]) == ["also"]


def test_a_slot_of_a_mini_app_that_cannot_be_opened_leaves_its_place_to_the_next():
    slots = [a_slot("first", app_id="fund-app", begins=NOON), a_slot("second")]

    assert codes(slots, listed={"rent-app"}) == ["second"]
    assert codes(slots, listed=set()) == []


def test_a_slot_is_for_the_levels_and_ages_it_names():
    slot = [a_slot(least_level=2, ages=(AgeGroup.ELDER,))]

    assert codes(slot, a_reader(level=2, age=AgeGroup.ELDER)) == ["top"]
    assert codes(slot, a_reader(level=1, age=AgeGroup.ELDER)) == codes(slot, a_reader()) == []


def test_places_come_in_order():
    slots = [a_slot("b", place=2), a_slot("a", place=1), a_slot("c", area=rules.Area.HOME)]

    assert codes(slots) == ["a", "b", "c"]


MOMENTS = st.integers(-5, 5).map(lambda hours: NOON + hours * HOUR)


@given(
    st.lists(
        st.builds(
            lambda code, app, place, region, begins, hours, ages: a_slot(
                f"s{code}", app_id=app, place=place, region=region, begins=begins,
                ends=begins + (hours + 1) * HOUR, ages=ages,
            ),
            st.integers(0, 99), st.sampled_from(sorted(ALL)), st.integers(1, 2),
            st.sampled_from(["330000", "330100", "330106", "330200"]), MOMENTS, st.integers(0, 4),
            st.sampled_from([(), (AgeGroup.ELDER,), (AgeGroup.MINOR, AgeGroup.ADULT)]),
        ),
        max_size=12, unique_by=lambda slot: slot.code,
    ),
    MOMENTS,
)  # fmt: skip
def test_whatever_the_order_one_slot_is_shown_for_each_place_that_somebody_wants(slots, at):
    reader = a_reader()
    found = rules.shown(slots, reader, at=at, listed=ALL)

    assert found == rules.shown(slots[::-1], reader, at=at, listed=ALL)
    assert all(slot in rules.live(slots, reader, at=at) for slot in found)
    wanted = {(slot.area, slot.place) for slot in rules.live(slots, reader, at=at)}
    assert [(slot.area, slot.place) for slot in found] == sorted(wanted)


def test_slots_that_want_one_place_at_one_time_are_told():
    one = a_slot("one")

    def told(**rest):
        return [(a.code, b.code) for a, b in rules.overlaps([one, a_slot("two", **rest)])]

    assert told() == told(begins=NOON, ends=NOON + 9 * HOUR) == [("one", "two")]
    assert told(begins=one.ends, ends=one.ends + HOUR) == []
    assert told(region="330100") == told(place=2) == told(area=rules.Area.HOME) == []
    assert [one.code for one, _ in rules.overlaps([a_slot("a", ages=(AgeGroup.MINOR,)), a_slot("b")])] == [
        "a"
    ]
    assert rules.overlaps([a_slot("a", ages=(AgeGroup.MINOR,)), a_slot("b", ages=(AgeGroup.ELDER,))]) == []


def test_what_ships_holds_together_and_has_what_the_trade_expects():
    assert rules.problems(SHIPPED, set()) == []
    names = [event.name for event in rules.events_for(SHIPPED.front.life_events, AgeGroup.ADULT)]
    assert {"出生", "上学", "就业", "婚育", "置业", "就医", "退休", "身后"} <= set(names)
    shown = rules.tree(SHIPPED.front.categories)
    assert len(shown) == len(SHIPPED.front.categories)
    assert [each.name for each in shown[:3]] == ["身份户籍", "户口", "身份证件"]
    old = [event.name for event in rules.events_for(SHIPPED.front.life_events, AgeGroup.ELDER)]
    assert old == ["就医", "退休", "助残救助", "身后"]


def test_what_is_changed_takes_the_place_of_what_has_its_name():
    shelf = rules.apply(SHIPPED, Edit(placings=(Placing("rent-app", place=3),)))
    shelf = rules.apply(shelf, Edit(placings=(Placing("rent-app", place=1), Placing("fund-app"))))

    assert shelf.placings == (Placing("rent-app", place=1), Placing("fund-app"))
    assert rules.apply(shelf, Edit(drop_placings=("rent-app", "fund-app"))) == SHIPPED
    assert rules.apply(shelf, Edit(synonyms=())).front.synonyms == ()


@dataclass
class Wrong:
    shelf: Shelf
    told: str


TOP = Category("top", "一级")
WRONG = [
    Wrong(Shelf(Front(categories=(Category("Top", "一级"),))), "代码"),
    Wrong(Shelf(Front(categories=(Category("top", " "),))), "名称"),
    Wrong(Shelf(Front(categories=(TOP, Category("a", "下", parent="none")))), "不是一级分类"),
    Wrong(
        Shelf(Front(categories=(TOP, Category("ab", "二级", 1, "top"), Category("ac", "三级", 1, "ab")))),
        "不是一级分类",
    ),
    Wrong(Shelf(Front(life_events=(LifeEvent("ok", "太" * 13),))), "人生大事"),
    Wrong(Shelf(placings=(Placing("gone-app"),)), "不存在"),
    Wrong(Shelf(placings=(Placing("rent-app", categories=("none",)),)), "none"),
    Wrong(Shelf(placings=(Placing("rent-app", place=-1),)), "顺序"),
    Wrong(Shelf(placings=(Placing("rent-app", least_level=4),)), "等级"),
    Wrong(Shelf(Front(slots=(a_slot(app_id="gone-app"),))), "不存在"),
    Wrong(Shelf(Front(slots=(a_slot(region="440000"),))), "行政区划"),
    Wrong(Shelf(Front(slots=(a_slot(place=0),))), "位置"),
    Wrong(Shelf(Front(slots=(a_slot(ends=NOON - HOUR),))), "起止时间"),
    Wrong(Shelf(Front(slots=(a_slot(ends=NOON + timedelta(seconds=30)),))), "分钟"),
    Wrong(Shelf(Front(slots=(a_slot(ends=NOON.replace(tzinfo=None) + 9 * HOUR),))), "分钟"),
    Wrong(Shelf(Front(synonyms=(("身份证",),))), "2 到"),
    Wrong(Shelf(Front(synonyms=(("身份证", "证"),))), "每个词"),
    Wrong(Shelf(Front(synonyms=(("身份证", "证件"), ("证件", "证照")))), "2 个同义词组"),
    Wrong(Shelf(Front(slots=tuple(a_slot(f"s{n}") for n in range(501)))), "最多 500"),
]


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.told)
def test_what_does_not_hold_together_is_told(wrong):
    slots = wrong.shelf.front.slots
    if slots and slots[0].ends.tzinfo is None:
        begins = slots[0].begins.replace(tzinfo=None)
        wrong.shelf = Shelf(Front(slots=(msgspec.structs.replace(slots[0], begins=begins),)))
    found = rules.problems(wrong.shelf, ALL)

    assert any(wrong.told in problem for problem in found), found


GROUPS = (("身份证", "居民身份证"), ("驾照", "驾驶证", "机动车驾驶证"))


def test_a_search_is_put_in_other_words_that_mean_the_same():
    assert rules.alternatives("补身份证", GROUPS) == ["补居民身份证"]
    assert rules.alternatives("居民身份证补领", GROUPS) == ["身份证补领"]
    assert rules.alternatives("换驾照", GROUPS) == ["换驾驶证", "换机动车驾驶证"]
    assert rules.alternatives("租房", GROUPS) == []


def test_the_mean_of_stars_has_one_decimal_and_needs_five():
    assert average({5: 4}) is None
    assert average({5: 4, 1: 1}) == 4.2
    assert average({4: 3, 5: 1, 3: 1}) == 4.0
    assert average({1: 1, 2: 19}) == 2.0  # 1.95, its half rounded up
    assert average({}) is None


@pytest.mark.parametrize("stars", [0, 6, -1])
def test_other_than_one_to_five_stars_are_refused(stars):
    with pytest.raises(InvalidInput):
        rules.check_stars(stars)


def test_every_state_of_a_defect_has_a_row_and_is_reached_from_new():
    assert set(MOVES) == set(DefectState)
    reached, wave = {DefectState.NEW}, {DefectState.NEW}
    while wave:
        wave = {to for state in wave for to in MOVES[state]} - reached
        reached |= wave
    assert reached == set(DefectState)


def test_a_defect_moves_as_the_table_says_and_no_other_way():
    for now, to, by in product(DefectState, DefectState, Side):
        if by in MOVES[now].get(to, ()):
            check_move(now, to, by)
        else:
            with pytest.raises(DefectMoveRefused):
                check_move(now, to, by)


def test_a_tester_moves_nothing_and_a_team_neither_confirms_nor_closes():
    by_team = {(now, to) for now, row in MOVES.items() for to, sides in row.items() if Side.TEAM in sides}

    assert all(Side.TESTER not in sides for row in MOVES.values() for sides in row.values())
    assert {to for _, to in by_team} == {DefectState.FIXING, DefectState.FIXED, DefectState.CONFIRMED}
    assert (DefectState.NEW, DefectState.CONFIRMED) not in by_team
