"""Item codes and differences between versions."""

import pytest

from miniapps.items.rules import (
    diff,
    handling_code,
    is_handling_code,
    read_task_code,
    task_code,
)
from tests.miniapps.items.factories import an_item

REAL = ["11370800MB285591843370117002011", "12441500196720244T3442199806003"]


@pytest.mark.parametrize("code", REAL)
def test_an_implementation_code_in_use_is_taken_apart(code):
    parts = read_task_code(code)

    assert parts is not None
    assert task_code(parts.organ, parts.level, parts.catalogue) == code


@pytest.mark.parametrize(
    "code",
    [
        "", REAL[0][:-1], "9" + REAL[0][1:], REAL[0][:18] + "8" + REAL[0][19:], REAL[0][:-1] + "X",
        "91110000600007156T" + "3" + "370117002011",
    ],
)  # fmt: skip
def test_what_is_no_implementation_code_is_refused(code):
    assert read_task_code(code) is None


def test_a_wrong_part_is_refused_when_a_code_is_made():
    with pytest.raises(ValueError, match="catalogue code of 12 digits"):
        task_code("11370800MB28559184", "9", "370117002011")


def test_a_handling_item_has_two_more_digits():
    code = handling_code(REAL[0], 7)

    assert code == REAL[0] + "07"
    assert is_handling_code(code)
    assert not is_handling_code(REAL[0])
    assert not is_handling_code(REAL[0] + "X1")


@pytest.mark.parametrize(("task", "serial"), [(REAL[0], 0), (REAL[0], 100), ("1", 1)])
def test_a_handling_item_needs_an_implementation_and_a_number(task, serial):
    with pytest.raises(ValueError, match="from 1 to 99"):
        handling_code(task, serial)


def test_a_difference_names_the_row_and_not_its_place():
    photo = "  - {种类: photo, 名称: 照片, 来源: 申请人自备, 条件: a}\n"
    asked = "问题: [{标识: a, 问题: 甲, 类型: 是否}]\n材料:\n"
    card = "  - {种类: id_card, 名称: 身份证, 来源: 登录身份}\n"

    changes = diff(an_item(asked + photo), an_item(asked + card + photo.replace("条件: a", '条件: "!a"')))

    assert [(each.path, each.before, each.after) for each in changes] == [
        ("materials[id_card].code", None, "id_card"),
        ("materials[id_card].name", None, "身份证"),
        ("materials[id_card].source", None, "identity"),
        ("materials[photo].condition", "a", "!a"),
    ]


def test_an_item_differs_from_none_in_everything():
    item = an_item("关键词: [甲, 乙]\n")

    assert diff(item, item) == []
    assert "keywords[1]" in {each.path for each in diff(None, item)}
    assert all(each.after is None for each in diff(item, None))
