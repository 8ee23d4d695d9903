"""The rules of cases: the table, the number, the clocks' law, preparation, correction."""

from datetime import UTC, date, datetime
from itertools import product
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miniapps.calendar.rules import Calendar
from miniapps.cases import rules
from miniapps.cases.errors import (
    CommitmentBarred,
    MoveRefused,
    ReasonMissing,
    SecondCorrection,
    WayNotOffered,
)
from miniapps.cases.rules import CaseState, Choice, Clock, Defect, Verb, Way
from miniapps.items.rules import Kind, Limit, Material, Medium, Necessity, Procedure, Source, Unit
from miniapps.materials.rules import Holding, Trust
from miniapps.materials.rules import Source as HoldingSource
from tests.miniapps.cases.factories import ID_CARD, LEASE, MARRIAGE, ORIGINAL, PHOTO, an_item

AT = datetime(2026, 11, 20, 17, tzinfo=UTC)  # the 21st in Shanghai


CELLS = list(product(CaseState, Verb))


def test_every_cell_of_the_table_is_declared_once():
    undecided = [(s, v) for s, v in CELLS if (v in rules.MOVES[s]) is (v in rules.REFUSED[s])]

    assert undecided == []


def test_every_cell_leads_on_or_refuses_with_the_one_code():
    for state, verb in CELLS:
        if verb in rules.MOVES[state]:
            assert rules.move(state, verb) in CaseState
            continue
        with pytest.raises(MoveRefused) as refusal:
            rules.move(state, verb)
        data = {"state": state, "verb": verb}
        assert refusal.value.extensions == {"code": "CASE_MOVE_REFUSED", "data": data}


def test_every_verb_has_a_hand_and_every_state_can_be_reached():
    reached = {to for moves in rules.MOVES.values() for to in moves.values()}

    assert rules.HANDS.keys() == set(Verb)
    assert reached == set(CaseState)


def test_correction_lies_before_acceptance_and_only_a_stop_pauses():
    after = {CaseState.ACCEPTED, CaseState.REVIEWING, CaseState.PAUSED, CaseState.DECIDED}

    assert all(Verb.ASK_CORRECTION in rules.REFUSED[state] for state in after)
    assert {verb for moves in rules.MOVES.values() for verb, to in moves.items() if to == "paused"} == {
        Verb.PAUSE,
        Verb.HAND_PAPER,
    }


def test_ended_states_have_no_way_out():
    assert {"declined", "delivered", "withdrawn", "voided", "forwarded"} == rules.ENDED
    assert not rules.ENDED & rules.IN_PROGRESS


def test_a_number_is_region_shanghai_day_serial_and_check_digit():
    assert rules.number("330106", AT, 42) == "33010626112100000042" + rules.check_digit(
        "33010626112100000042"
    )


def test_the_check_digit_agrees_with_the_standards_example():
    assert rules.check_digit("079") == "2"  # ISO/IEC 7064, example of MOD 11,10: 0792


@given(st.integers(min_value=0, max_value=10**9))
def test_a_number_holds_and_one_wrong_digit_is_found(serial):
    number = rules.number("330106", AT, serial)
    place = serial % 21
    wrong = number[:place] + str((int(number[place]) + 1 + serial % 9) % 10) + number[place + 1 :]

    assert rules.is_number(number)
    assert not rules.is_number(wrong)


@pytest.mark.parametrize(
    "text", ["", "33010626112100000042", "３３０１０６２６１１２１００００００４２０", "x" * 21]
)
def test_what_is_no_number_is_refused(text):
    assert not rules.is_number(text)


@pytest.mark.parametrize("day", ["261301", "261100", "261132"])
def test_a_number_with_an_impossible_day_is_refused(day):
    body = f"330106{day}00000042"

    assert not rules.is_number(body + rules.check_digit(body))


def test_permissions_may_stop_for_every_listed_matter_and_others_for_their_items():
    service = an_item(kind=Kind.SERVICE, procedures=(Procedure.APPRAISAL,))

    assert all(rules.may_stop(an_item(), matter) for matter in Procedure)
    assert {matter for matter in Procedure if rules.may_stop(service, matter)} == {Procedure.APPRAISAL}


def test_only_permissions_may_be_extended_and_have_days_for_delivery():
    assert {kind for kind, law in rules.LAW.items() if law.extension_days} == {Kind.PERMISSION}
    assert rules.LAW.keys() == set(Kind)
    assert rules.delivery_limit(an_item()).days == 10
    assert rules.delivery_limit(an_item(kind=Kind.SERVICE)) is None


def test_each_clock_names_its_basis():
    acceptance = rules.acceptance_limit(an_item(acceptance=Limit(count=3)))
    promised, statutory = rules.working_limits(an_item())

    assert (acceptance.days, acceptance.basis) == (3, "《中华人民共和国行政许可法》第三十二条")
    assert (promised.clock, promised.days, promised.basis) == (Clock.PROMISED, 5, "承诺")
    assert (statutory.clock, statutory.days) == (Clock.STATUTORY, 20)
    assert len(rules.working_limits(an_item(statutory=None))) == 1


def test_a_clock_counts_what_its_text_names():
    natural = Limit(count=15, unit=Unit.DAY, basis="《居住证暂行条例》第十条")
    promised, statutory = rules.working_limits(
        an_item(statutory=natural, promised=Limit(count=1, unit=Unit.MONTH))
    )

    assert (statutory.days, statutory.unit, statutory.basis) == (15, Unit.DAY, natural.basis)
    assert (promised.days, promised.unit) == (22, Unit.WORKDAY)


def test_natural_days_are_lengthened_by_natural_stops_and_by_an_extension_in_working_days():
    calendar = Calendar(years=frozenset({2026}))
    friday, monday = date(2026, 11, 20), date(2026, 11, 23)

    stopped = rules.stopped_days(calendar, [(friday, monday)], Unit.DAY)

    assert stopped == 3
    assert rules.due_on(calendar, friday, 3 + stopped, Unit.DAY) == date(2026, 11, 26)
    assert rules.due_on(calendar, friday, 3, Unit.DAY, extended_days=5) == date(2026, 11, 30)
    assert rules.due_on(calendar, friday, 3, Unit.WORKDAY, extended_days=2) == date(2026, 11, 27)


def test_a_stop_excludes_the_working_days_after_its_first():
    friday, tuesday = date(2026, 11, 20), date(2026, 11, 24)

    assert rules.stopped_days(Calendar(), [(friday, tuesday), (friday, friday)]) == 2


def test_a_limit_ends_at_midnight_in_shanghai():
    assert rules.end_of(date(2026, 11, 20)).astimezone(UTC) == datetime(2026, 11, 20, 16, tzinfo=UTC)


def a_holding(kind="lease_contract", trust=Trust.C, source=HoldingSource.WALLET):
    return Holding(
        source=source, id=uuid4(), kind=kind, title=kind, trust=trust, valid_until=None, electronic=True
    )


def ways(material, *held, barred=False):
    [standing] = rules.standings([material], {holding.kind: holding for holding in held}, barred=barred)
    return standing.ways


def test_the_ways_of_a_material_come_in_the_order_of_the_law():
    certificate = a_holding("marriage_certificate", Trust.A, HoldingSource.CERTIFICATE)
    card = a_holding("id_card", Trust.A, HoldingSource.IDENTITY)

    assert ways(MARRIAGE, certificate) == (Way.CERTIFICATE, Way.COMMITMENT, Way.PAPER)
    assert ways(MARRIAGE) == (Way.COMMITMENT, Way.PAPER)
    assert ways(MARRIAGE, barred=True) == (Way.PAPER,)
    assert ways(LEASE, a_holding()) == (Way.WALLET, Way.UPLOAD, Way.PAPER)
    assert ways(PHOTO) == (Way.TOLERATED, Way.UPLOAD, Way.PAPER)
    assert ways(ID_CARD, card)[0] == Way.IDENTITY
    assert ways(ORIGINAL, a_holding("old_licence")) == (Way.PAPER,)


def test_what_is_held_must_be_good_enough_and_another_kind_may_serve():
    bound = Material(
        code="birth_proof", name="出生证明", source=Source.GOVERNMENT, medium=Medium.ELECTRONIC,
        min_trust="B", satisfied_by=("birth_certificate",),
    )  # fmt: skip

    assert ways(bound, a_holding("birth_proof", Trust.C)) == ()
    assert ways(bound, a_holding("birth_proof"), a_holding("birth_certificate", Trust.A)) == (Way.WALLET,)
    assert rules.standings([bound], {}, barred=False)[0].way is None


def settle(material, *held, choice=None, bar=None):
    [standing] = rules.standings([material], {each.kind: each for each in held}, barred=bar is not None)
    return rules.settle(standing, choice, bar=bar)


def test_what_is_held_settles_a_material_unasked_but_a_promise_never_does():
    assert settle(LEASE, a_holding()).way is Way.WALLET
    assert settle(LEASE) is None
    assert settle(LEASE, a_holding(), choice=Choice(Way.UPLOAD)).way is Way.WALLET
    assert settle(MARRIAGE) is None


def test_a_chosen_promise_carries_the_words_confirmed_or_the_standard_ones():
    own = settle(MARRIAGE, choice=Choice(Way.COMMITMENT, "本人承诺已登记结婚"))
    standard = settle(MARRIAGE, choice=Choice(Way.COMMITMENT))

    assert own.promise == "本人承诺已登记结婚"
    assert standard.promise == rules.standard_promise(MARRIAGE)
    assert settle(PHOTO, choice=Choice(Way.TOLERATED)).promise is None


def test_unlisted_ways_are_refused():
    with pytest.raises(CommitmentBarred):
        settle(MARRIAGE, choice=Choice(Way.COMMITMENT), bar="承诺不实")
    with pytest.raises(WayNotOffered):
        settle(LEASE, choice=Choice(Way.COMMITMENT), bar="承诺不实")
    with pytest.raises(WayNotOffered):
        settle(LEASE, choice=Choice(Way.TOLERATED))


def test_only_required_materials_are_missed():
    optional = Material(code="extra", name="其他", source=Source.APPLICANT, necessity=Necessity.OPTIONAL)
    found = rules.standings([LEASE, optional], {}, barred=False)

    assert rules.still_missing(found, []) == ("lease_contract",)
    assert found[0].required and not found[1].required


def test_one_notice_names_everything_and_a_second_only_what_came_since():
    defect = Defect("lease_contract", "缺少签字页")

    assert rules.check_correction([defect], earlier=0, newly_handed=[]) is False
    assert rules.check_correction([defect], earlier=1, newly_handed=["lease_contract"]) is True
    with pytest.raises(SecondCorrection, match="lease_contract"):
        rules.check_correction([defect], earlier=1, newly_handed=["photo"])


@pytest.mark.parametrize("defects", [[], [Defect("photo", "")], [Defect("", "不清晰")]])
def test_a_notice_says_what_is_wrong(defects):
    with pytest.raises(ReasonMissing):
        rules.check_correction(defects, earlier=0, newly_handed=[])


def test_every_state_that_is_told_has_words_without_blanks_left():
    words = dict.fromkeys(["item", "number", "reason", "organ", "remedy", "clock", "due_on", "paper"], "词")
    tellings = [
        *rules.TELLINGS.values(), *rules.DECLINED.values(), *rules.DECIDED.values(),
        rules.OVERDUE, rules.OVERDUE_AT_DESK, rules.PAPER_DUE,
    ]  # fmt: skip

    assert not any("{" in rules.fill(telling, words).body for telling in tellings)
    assert rules.CLOCKS.keys() == set(Clock)
