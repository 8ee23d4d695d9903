from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miniapps.calendar.errors import CalendarFileInvalid
from miniapps.calendar.rules import Calendar, Day, compose, parse
from tests.miniapps.calendar.factories import NOTICE_2027, shipped

DAYS = st.dates(min_value=date(2003, 1, 1), max_value=date(2029, 12, 31))
LIMITS = st.integers(min_value=0, max_value=60)


@pytest.mark.parametrize(
    ("after", "until", "days"),
    [
        (date(2023, 1, 1), date(2023, 1, 10), 6),
        (date(2023, 1, 5), date(2023, 1, 10), 3),
        (date(2023, 1, 11), date(2023, 1, 21), 7),
        (date(2024, 12, 31), date(2025, 12, 31), 248),
        (date(2025, 12, 31), date(2026, 12, 31), 248),
        (date(2023, 1, 10), date(2023, 1, 1), -6),
    ],
)
def test_working_days_are_counted_without_the_first_and_with_the_last(after, until, days):
    assert shipped().count(after, until) == days


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        (date(2026, 9, 18), 5, date(2026, 9, 24)),  # Sunday 09-20 is worked
        (date(2026, 9, 29), 5, date(2026, 10, 12)),  # Saturday 10-10 is worked
        (date(2026, 2, 12), 3, date(2026, 2, 24)),
        (date(2026, 4, 30), 1, date(2026, 5, 6)),
        (date(2026, 11, 20), 20, date(2026, 12, 18)),
        (date(2026, 1, 1), 1, date(2026, 1, 4)),  # a worked Sunday
        (date(2026, 10, 3), 0, date(2026, 10, 3)),
    ],
)
def test_a_limit_ends_on_its_last_working_day(start, days, due):
    assert shipped().deadline(start, days) == due


def test_a_limit_cannot_be_negative():
    with pytest.raises(ValueError, match="-1"):
        shipped().deadline(date(2026, 1, 1), -1)


def test_the_weekends_worked_in_2026_are_those_of_the_notice():
    worked = {day for day in shipped().worked if day.year == 2026}

    assert {(day.month, day.day) for day in worked} == {(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)}


def test_a_year_without_a_notice_is_provisional_and_leaves_out_fixed_holidays_only():
    calendar = shipped()

    assert not calendar.is_provisional(date(2026, 12, 31))
    assert calendar.is_provisional(date(2027, 1, 1))
    assert not calendar.is_workday(date(2027, 1, 1))  # a Friday
    assert calendar.is_workday(date(2027, 1, 4))
    assert calendar.is_workday(date(2027, 2, 8))  # spring festival follows the moon: not known yet


def test_a_notice_settles_its_year_and_the_december_before():
    before = shipped()

    after = compose([*parse(SHIPPED_2026), *parse(NOTICE_2027)])

    assert not before.is_workday(date(2026, 12, 27))
    assert after.is_workday(date(2026, 12, 27))
    assert not after.is_workday(date(2027, 2, 8))
    assert not after.is_provisional(date(2027, 12, 31))


SHIPPED_2026 = """
notice 2026 测试
off 2026-01-01 元旦
off 2026-05-01 劳动节
off 2026-10-01 国庆节
"""


def test_the_later_years_notice_is_right_about_december():
    december = parse(SHIPPED_2026 + "off 2026-12-27 测试\n")

    calendar = compose([*parse(NOTICE_2027), *december])

    assert calendar.is_workday(date(2026, 12, 27))


@given(DAYS, LIMITS, LIMITS)
def test_limits_add_up(start, some, more):
    calendar = shipped()

    assert calendar.deadline(calendar.deadline(start, some), more) == calendar.deadline(start, some + more)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        (date(2026, 11, 20), 0, date(2026, 11, 20)),
        (date(2026, 11, 20), 3, date(2026, 11, 23)),  # over a weekend, to a Monday
        (date(2026, 11, 20), 8, date(2026, 11, 30)),  # a Saturday moves to Monday
        (date(2026, 9, 21), 10, date(2026, 10, 8)),  # the first day of the national holidays: to their end
    ],
)
def test_natural_days_run_through_weekends_and_end_on_a_working_day(start, days, end):
    assert shipped().natural_deadline(start, days) == end


def test_a_limit_of_less_than_nothing_is_none_in_natural_days_either():
    with pytest.raises(ValueError, match="no limit"):
        shipped().natural_deadline(date(2026, 11, 20), -1)


@given(DAYS, LIMITS)
def test_counting_undoes_a_limit(start, days):
    calendar = shipped()

    assert calendar.count(start, calendar.deadline(start, days)) == days


@given(DAYS, DAYS, LIMITS, LIMITS)
def test_a_later_start_or_a_longer_limit_never_ends_earlier(one, other, few, many):
    calendar = shipped()
    early, late = sorted((one, other))
    short, long = sorted((few, many))

    assert calendar.deadline(early, short) <= calendar.deadline(late, long)


@given(DAYS, st.integers(0, 400), st.integers(0, 400))
def test_counts_add_up_in_either_direction(start, some, more):
    calendar = shipped()
    middle, end = start + timedelta(days=some), start + timedelta(days=some + more)

    assert calendar.count(start, middle) + calendar.count(middle, end) == calendar.count(start, end)
    assert calendar.count(end, start) == -calendar.count(start, end)


@given(DAYS, st.integers(1, 60))
def test_a_limit_ends_on_a_day_that_is_worked(start, days):
    calendar = shipped()

    assert calendar.is_workday(calendar.deadline(start, days))


def test_an_empty_calendar_knows_weekends_and_fixed_holidays():
    calendar = Calendar()

    assert calendar.deadline(date(2026, 9, 30), 1) == date(2026, 10, 5)


def test_a_notice_is_read_with_ranges_comments_and_a_byte_order_mark():
    (notice,) = parse("\ufeff" + NOTICE_2027)

    assert notice.year == 2027
    assert notice.source == "国办发明电〔2026〕0号（测试）"
    assert notice.days[0] == Day(on=date(2026, 12, 27), works=True, name="元旦")
    assert sum(not day.works for day in notice.days) == 3 + 8 + 5 + 7


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("closed 2027-03-01 测试", "write `notice YEAR SOURCE`"),
        ("off 2027-03-01", "write `notice YEAR SOURCE`"),
        ("off 2027-3-1 测试", "2027-3-1 is no day; write it as 2026-10-01"),
        ("off 20270301 测试", "write it as 2027-03-01"),
        ("off 2027-02-30 测试", "2027-02-30 is no day"),
        ("off 2027-03-05..2027-03-01 测试", "-3 days long"),
        ("off 2027-03-01..2027-04-01 测试", "32 days long"),
        ("off 2028-03-01 测试", "neither in 2027 nor in the December before"),
        ("off 2026-11-30 测试", "neither in 2027 nor in the December before"),
        ("work 2027-03-01 测试", "no Saturday or Sunday"),
        ("work 2027-03-06..2027-03-07 测试", "one a line"),
        ("off 2027-01-01 测试", "named twice"),
        ("off 2027-03-01 " + "长" * 41, "41 characters"),
        ("off 2027-03-01 测\x00试", "control character"),
        ("notice 2028 测\x00试", "control character"),
        ("notice 2027 测试", "2027 has a notice further up"),
        ("notice 27 测试", "27 is no year"),
        ("notice ２０２８ 测试", "is no year"),
    ],
)
def test_a_wrong_line_is_named_with_how_to_mend_it(line, said):
    text = NOTICE_2027 + line + "\n"

    with pytest.raises(CalendarFileInvalid) as refusal:
        parse(text)

    (problem,) = refusal.value.problems
    assert problem.line == len(text.splitlines())
    assert said in problem.text


def test_all_mistakes_are_told_at_once_in_the_order_of_lines():
    text = (
        "off 2028-01-01 元旦\nnotice 2028 测试\noff 2028-01-01 元旦\nwork 2028-10-01 国庆节\nwhat is this\n"
    )

    with pytest.raises(CalendarFileInvalid) as refusal:
        parse(text)

    assert [problem.line for problem in refusal.value.problems] == [1, 2, 2, 5]
    assert "1: this day belongs to no year" in str(refusal.value)


def test_the_shipped_notices_cover_2004_to_2026():
    assert shipped().years == frozenset(range(2004, 2027))
