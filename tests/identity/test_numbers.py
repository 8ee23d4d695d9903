"""Numbers of persons and firms: published vectors, and what any slip of the finger does."""

from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from identity import errors
from identity.numbers import (
    CREDIT_ALPHABET,
    NumberKind,
    Sex,
    check_digit,
    credit_code,
    describe,
    normal,
    with_check_digit,
    with_credit_check,
)

TODAY = date(2026, 11, 20)

numbers = st.builds(
    lambda region, born, serial: with_check_digit(f"{region}{born:%Y%m%d}{serial:03d}"),
    st.sampled_from(["110105", "330106", "440524", "810000", "830000", "331002"]),
    st.dates(min_value=date(1900, 1, 1), max_value=TODAY),
    st.integers(min_value=0, max_value=999),
)
credit_codes = st.text(CREDIT_ALPHABET, min_size=17, max_size=17).map(with_credit_check)


@pytest.mark.parametrize(
    ("number", "kind", "birthday", "sex", "region"),
    [
        ("11010519491231002X", NumberKind.CITIZEN, date(1949, 12, 31), Sex.FEMALE, "110105"),
        ("440524188001010014", NumberKind.CITIZEN, date(1880, 1, 1), Sex.MALE, "440524"),
        ("810000199408230021", NumberKind.RESIDENCE_PERMIT, date(1994, 8, 23), Sex.FEMALE, "810000"),
        ("830000199201300022", NumberKind.RESIDENCE_PERMIT, date(1992, 1, 30), Sex.FEMALE, "830000"),
    ],
)
def test_published_numbers_say_what_they_should(number, kind, birthday, sex, region):
    found = describe(number, today=TODAY)

    assert (found.number, found.kind, found.birthday) == (number, kind, birthday)
    assert (found.sex, found.region) == (sex, region)


def test_foreign_card_of_2023_begins_with_nine():
    number = with_check_digit("93399919850317001")

    found = describe(number, today=TODAY)

    assert found.kind is NumberKind.FOREIGN_RESIDENT
    assert found.birthday == date(1985, 3, 17)
    assert found.sex is None
    assert found.region == "330000"


def test_foreign_card_before_2023_has_three_letters():
    found = describe("can310085010112", today=TODAY)

    assert found.number == "CAN310085010112"
    assert found.kind is NumberKind.FOREIGN_RESIDENT_OLD
    assert found.birthday is None


@pytest.mark.parametrize(
    "typed",
    [
        "11010519491231002x",
        " 110105 19491231 002X ",
        "110105-19491231-002X",
        "110105194912310 02X",
        "11010519491231002X",
    ],
)
def test_ways_of_typing_one_number_are_one_number(typed):
    assert describe(typed, today=TODAY).number == "11010519491231002X"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("110105491231002", "11010519491231002X"),
        ("440524800101001", "440524198001010014"[:17] + check_digit("44052419800101001")),
        ("330106800101999", with_check_digit("33010618800101999")),  # kept for who was then over a hundred
    ],
)
def test_number_of_fifteen_digits_finds_the_same_person(old, new):
    assert describe(old, today=TODAY).number == new


@pytest.mark.parametrize(
    ("number", "refusal"),
    [
        ("", errors.NumberLength),
        ("1101051949123100", errors.NumberLength),
        ("11010519491231002XX", errors.NumberLength),
        ("1101051949123100AX", errors.NumberCharacters),
        ("X10105194912310021", errors.NumberCharacters),
        ("11010519491231002Y", errors.NumberCharacters),
        ("11010549123100A", errors.NumberCharacters),
        ("CAN31008501011A", errors.NumberCharacters),
        ("١١٠١٠٥١٩٤٩١٢٣١٠٠٢X", errors.NumberCharacters),
        ("001105194912310021", errors.NumberRegion),
        ("160105194912310021", errors.NumberRegion),
        ("810100199408230021", errors.NumberRegion),
        ("110105194913310021", errors.NumberDate),
        ("110105190002290021", errors.NumberDate),
        ("110105000001010021", errors.NumberDate),
        ("110105202611210021", errors.NumberFuture),
        ("110105194912310021", errors.NumberChecksum),
        ("933999198503170010", errors.NumberChecksum),
    ],
)
def test_number_that_cannot_be_is_refused_by_what_is_wrong(number, refusal):
    with pytest.raises(refusal):
        describe(number, today=TODAY)


def test_refusals_have_codes_of_their_own_and_chinese_texts():
    kinds = [*errors.NumberRefused.__subclasses__()]

    assert len({kind.code for kind in kinds}) == len(kinds) == 7
    assert all("\u4e00" <= kind.text[0] <= "\u9fff" for kind in kinds)


@given(number=numbers)
def test_every_well_formed_number_is_taken_as_it_is(number):
    assert describe(number, today=TODAY).number == number


@given(number=numbers, place=st.integers(0, 17), digit=st.sampled_from("0123456789X"))
def test_any_single_wrong_character_is_found(number, place, digit):
    assume(number[place] != digit)

    with pytest.raises(errors.NumberRefused):
        describe(number[:place] + digit + number[place + 1 :], today=TODAY)


@given(number=numbers, place=st.integers(0, 16))
def test_any_two_neighbours_exchanged_are_found(number, place):
    assume(number[place] != number[place + 1])
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]

    with pytest.raises(errors.NumberRefused):
        describe(swapped, today=TODAY)


@given(text=st.text(max_size=20))
def test_no_text_breaks_the_check(text):
    try:
        found = describe(text, today=TODAY)
    except errors.NumberRefused:
        return

    assert found.number == normal(text) or len(normal(text)) == 15


@given(born=st.dates(min_value=TODAY + timedelta(days=1), max_value=date(2999, 1, 1)))
def test_nobody_is_born_in_the_future(born):
    with pytest.raises(errors.NumberFuture):
        describe(with_check_digit(f"330106{born:%Y%m%d}001"), today=TODAY)


@pytest.mark.parametrize(
    "code",
    [
        "11330105002500287C",
        "11370800MB28559184",
        "12441500196720244T",
        "11100000000013338W",
        "11511301008778183N",
        "113700000045046442",
    ],
)
def test_published_credit_codes_are_right(code):
    assert credit_code(code.lower()) == code


@pytest.mark.parametrize(
    "code",
    ["91110000600007156T", "", "1133010500250028", "11330105002500287I", "I1330105002500287C"],
)
def test_wrong_credit_codes_are_refused(code):
    with pytest.raises(errors.CreditCodeRefused):
        credit_code(code)


@given(code=credit_codes, place=st.integers(0, 17), character=st.sampled_from(CREDIT_ALPHABET))
def test_any_single_wrong_character_of_a_credit_code_is_found(code, place, character):
    assume(code[place] != character)

    assert credit_code(code) == code
    with pytest.raises(errors.CreditCodeRefused):
        credit_code(code[:place] + character + code[place + 1 :])
