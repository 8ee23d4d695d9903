"""The texts that come with the program: all in order, and true to what the demonstrations need."""

import pytest

from miniapps.items.rules import (
    Answer,
    CompiledItem,
    Delivery,
    FieldType,
    Kind,
    Source,
    compile_text,
    decides_itself,
    needed,
)
from miniapps.items.service import SHIPPED

FILES = sorted(SHIPPED.glob("*.yaml"))
ITEMS: dict[str, CompiledItem] = {
    file.stem: item for file in FILES if (item := compile_text(file.read_text(encoding="utf-8")).item)
}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_shipped_text_has_no_fault(file):
    compilation = compile_text(file.read_text(encoding="utf-8"))

    assert [finding.line(file.name) for finding in compilation.findings] == []
    assert compilation.item.sample
    assert compilation.item.promised.basis
    assert compilation.item.statutory is None or compilation.item.statutory.basis


def test_there_are_at_least_fifteen_and_each_has_its_own_code():
    assert len(ITEMS) == len(FILES) >= 15
    assert len({item.code for item in ITEMS.values()}) == len(ITEMS)


def test_the_sign_in_stands_for_the_id_card():
    held = [m for item in ITEMS.values() for m in item.materials if m.code == "id_card"]

    assert held
    assert all(material.source is Source.IDENTITY for material in held)


def test_every_permission_names_a_remedy_and_answers_a_question():
    permissions = [item for item in ITEMS.values() if item.kind is Kind.PERMISSION]

    assert permissions
    assert all(item.remedy and item.faq for item in permissions)


def test_the_residence_permit_is_all_that_housing_fund_withdrawal_adds():
    first, second = ITEMS["residence_permit"], ITEMS["housing_fund_rent"]

    asked_first = needed(first, {"ground": "稳定住所", "housing": "租赁"})
    asked_second = needed(second, {"marital": "未婚", "local_household": False})

    assert [material.code for material in asked_first.materials] == ["id_card", "photo", "lease_contract"]
    assert first.result.certificate_kind == "residence_permit"
    assert {m.code for m in asked_second.materials} == {"id_card", "residence_permit", "lease_contract"}
    assert asked_first.unknown == asked_second.unknown == ()


def test_the_papers_of_a_newborn_lead_from_one_item_to_the_next():
    birth, household = ITEMS["birth_certificate"], ITEMS["newborn_household"]
    insurance, card = ITEMS["newborn_insurance"], ITEMS["newborn_social_card"]

    assert birth.result.certificate_kind in {m.code for m in household.materials}
    assert household.result.certificate_kind in {m.code for m in insurance.materials}
    assert household.result.certificate_kind in {m.code for m in card.materials}
    assert {i.agency for i in (birth, household, insurance, card)} == {
        "health", "public_security", "medical_insurance", "human_resources",
    }  # fmt: skip


def test_some_item_must_be_visited_once_and_is_fetched_or_posted():
    item = ITEMS["id_card_reissue"]

    assert item.declared_trips == 1
    assert item.trip_reason
    assert set(item.delivery) == {Delivery.POST, Delivery.WINDOW}


@pytest.mark.parametrize(
    ("stem", "answers", "decided"),
    [
        ("elder_benefit_card", {"age": 66, "household_in_zhejiang": True}, True),
        ("elder_benefit_card", {"age": 59, "household_in_zhejiang": True}, False),
        ("elder_benefit_card", {"age": 66}, False),
        ("marriage_record", {"who": "本人", "registered_in_zhejiang": True}, True),
        ("newborn_insurance", {"household_in_zhejiang": True, "special_group": True}, False),
        ("residence_permit", {"ground": "稳定住所"}, False),
    ],
)
def test_items_decide_themselves_only_when_every_rule_holds(stem, answers, decided):
    assert decides_itself(ITEMS[stem], answers, {}) is decided


@pytest.mark.parametrize("stem", ITEMS)
def test_once_everything_is_answered_nothing_stays_open(stem):
    item = ITEMS[stem]
    samples: dict[FieldType, Answer] = {
        FieldType.BOOL: True, FieldType.INT: 30, FieldType.DATE: "2026-01-01",
    }  # fmt: skip
    answers = {q.id: q.choices[0].value if q.choices else samples[q.type] for q in item.questions}

    found = needed(item, answers)

    assert found.maybe == ()
    assert found.unknown == ()
