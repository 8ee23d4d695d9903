"""What an item says to a citizen's answers and form."""

import pytest

from miniapps.items.rules import check_form, decides_itself, needed, situations
from tests.miniapps.items.factories import an_item

ITEM = an_item(
    """\
问题:
  - {标识: marital, 问题: 婚姻状况？, 类型: 单选, 选项: [已婚, 未婚]}
  - {标识: child, 问题: 有孩子吗？, 类型: 是否}
  - {标识: age, 问题: 几岁？, 类型: 整数, 最小: 0, 最大: 150}
  - {标识: born, 问题: 生日？, 类型: 日期}
情形:
  - {标识: grown, 名称: 成年, 条件: age >= 18}
材料:
  - {种类: id_card, 名称: 身份证, 来源: 登录身份}
  - {种类: marriage_certificate, 名称: 结婚证, 来源: 数据共享, 条件: marital == "已婚"}
  - {种类: photo, 名称: 照片, 来源: 申请人自备, 条件: child && born > "2020-01-01"}
表单:
  - {标识: name, 名称: 姓名, 类型: 文字}
  - {标识: phone, 名称: 手机, 类型: 电话}
  - {标识: number, 名称: 证号, 类型: 身份证号, 必填: 否}
  - {标识: account, 名称: 账号, 类型: 文字, 必填: 否, 格式: "[0-9]{9}", 说明: 九位数字}
  - {标识: rent, 名称: 租金, 类型: 金额, 必填: 否, 最小: 1}
  - {标识: spouse, 名称: 配偶姓名, 类型: 文字, 条件: marital == "已婚"}
  - {标识: agreed, 名称: 同意, 类型: 是否, 必填: 否}
自动审批: [agreed, age >= 18]
"""
)
ANSWERS = {"marital": "未婚", "child": False, "age": 30, "born": "1996-05-01"}
FORM = {"name": "张三", "phone": "13800000000"}


def codes(problems):
    return [(problem.field, problem.code) for problem in problems]


def test_without_answers_only_what_is_always_needed_is_certain():
    found = needed(ITEM, {})

    assert [material.code for material in found.materials] == ["id_card"]
    assert [material.code for material in found.maybe] == ["marriage_certificate", "photo"]
    assert found.unknown == ("marital", "child", "born")


def test_an_answer_that_rules_a_paper_out_needs_no_other():
    found = needed(ITEM, {"marital": "已婚", "child": False})

    assert [material.code for material in found.materials] == ["id_card", "marriage_certificate"]
    assert found.maybe == ()
    assert found.unknown == ()


@pytest.mark.parametrize(
    "answers",
    [
        {"marital": "丧偶"},
        {"marital": True},
        {"child": "是"},
        {"child": 1},
        {"born": "2020-2-1"},
        {"born": "甲"},
        {"stranger": 1},
    ],
)
def test_an_answer_that_does_not_fit_its_question_counts_as_none(answers):
    assert needed(ITEM, answers) == needed(ITEM, {})


def test_a_situation_is_named_once_it_is_certain():
    assert situations(ITEM, {}) == ()
    assert [each.id for each in situations(ITEM, {"age": 18})] == ["grown"]
    assert situations(ITEM, {"age": 17}) == ()


def test_a_form_that_fits_has_no_problem():
    assert check_form(ITEM, ANSWERS, FORM) == []


def test_every_problem_of_answers_and_form_is_told_in_order():
    form = {"name": "", "phone": "123", "number": "11", "account": "12", "rent": 0, "odd": 1}

    problems = check_form(ITEM, {"marital": "已婚", "age": 200, "odd": 1}, form)

    assert codes(problems) == [
        ("child", "ANSWER_MISSING"),
        ("age", "ANSWER_INVALID"),
        ("born", "ANSWER_MISSING"),
        ("odd", "NOT_ASKED"),
        ("odd", "NOT_ASKED"),
        ("name", "FIELD_MISSING"),
        ("phone", "FIELD_PATTERN"),
        ("number", "FIELD_PATTERN"),
        ("account", "FIELD_PATTERN"),
        ("rent", "FIELD_INVALID"),
        ("spouse", "FIELD_MISSING"),
    ]
    assert problems[8].text == "账号格式不正确：九位数字"


def test_a_field_is_asked_only_under_its_condition():
    married = check_form(ITEM, {**ANSWERS, "marital": "已婚"}, FORM)

    assert codes(married) == [("spouse", "FIELD_MISSING")]
    assert check_form(ITEM, {**ANSWERS, "marital": "已婚"}, {**FORM, "spouse": "李四"}) == []


def test_a_value_of_another_type_is_invalid():
    problems = check_form(ITEM, ANSWERS, {**FORM, "name": 5, "agreed": "是", "rent": True})

    assert codes(problems) == [
        ("name", "FIELD_INVALID"),
        ("rent", "FIELD_INVALID"),
        ("agreed", "FIELD_INVALID"),
    ]


def test_text_longer_than_any_answer_is_refused():
    assert codes(check_form(ITEM, ANSWERS, {**FORM, "name": "长" * 2001})) == [("name", "FIELD_PATTERN")]


@pytest.mark.parametrize(
    ("answers", "form", "decided"),
    [
        (ANSWERS, {"agreed": True}, True),
        (ANSWERS, {"agreed": False}, False),
        (ANSWERS, {}, False),
        ({}, {"agreed": True}, False),
    ],
)
def test_an_item_decides_itself_when_all_its_rules_are_certain(answers, form, decided):
    assert decides_itself(ITEM, answers, form) is decided


def test_an_item_without_rules_never_decides_itself():
    assert decides_itself(an_item(), {}, {}) is False


def test_limits_count_in_working_days():
    item = an_item("法定时限: {数量: 1, 单位: 月, 依据: 某法}\n")

    assert (item.statutory_days, item.promised_days, item.acceptance_days) == (22, 5, 5)
    assert an_item().statutory_days is None


def test_a_choice_is_shown_by_its_label_when_it_has_one():
    choices = "选项: [{值: a, 显示: 甲}, 乙]"
    item = an_item(
        f"问题: [{{标识: q, 问题: 甲, 类型: 单选, {choices}}}]\n"
        '情形: [{标识: s, 名称: 甲, 条件: q == "a"}]\n'
    )

    assert [choice.text for choice in item.questions[0].choices] == ["甲", "乙"]
    assert item.questions[0].choices[0].value == "a"


def test_a_material_is_satisfied_by_its_own_kind_first():
    item = an_item(
        "材料: [{种类: marriage_certificate, 名称: 甲, 来源: 其他, 可用证照: [marriage_record]}]\n"
    )

    assert item.materials[0].kinds == ("marriage_certificate", "marriage_record")
