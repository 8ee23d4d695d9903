"""Faulty texts: every fault is told at once, with its place and its cure."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from miniapps.items.rules import compile_text
from tests.miniapps.items.factories import a_text

GOLDEN: dict[str, list[dict[str, Any]]] = yaml.safe_load(
    (Path(__file__).parent / "faults.yaml").read_text(encoding="utf-8")
)

QUESTIONS = """\
问题:
  - {标识: marital, 问题: 婚姻, 类型: 单选, 选项: [已婚, 未婚]}
  - {标识: child, 问题: 有孩子, 类型: 是否}
  - {标识: age, 问题: 几岁, 类型: 整数, 最小: 0, 最大: 150}
  - {标识: born, 问题: 生日, 类型: 日期}
"""


def told(text: str) -> list[str]:
    return [finding.line("f.yaml") for finding in compile_text(text).findings]


def under(condition: str) -> list[str]:
    """What is said against a condition that stands at 22:9."""
    material = f"材料:\n  - 种类: photo\n    名称: 照片\n    来源: 申请人自备\n    条件: {condition}\n"
    used = '情形: [{标识: s, 名称: 全部, 条件: \'marital=="已婚" && child && age>1 && born>"2000-01-01"\'}]\n'
    return told(a_text(more=QUESTIONS + used + material))


def test_a_text_without_fault_says_nothing():
    assert told(a_text()) == []


def test_every_fault_is_told_at_once_in_order():
    text = a_text(more="部们: 公安\n特别程序: [听正]\n实施地区: 330100\n").replace(
        "到场次数: 0", "到场次数: 零"
    )

    assert told(text) == [
        "f.yaml:11:7: error[wrong-number] “零”不是允许的数；应为 0 到 5 的整数",
        "f.yaml:16:1: error[unknown-key] 不认识的键“部们”；是否想写“部门”？",
        "f.yaml:17:8: error[wrong-word] “听正”不是允许的词；是否想写“听证”？"
        "应为听证、招标、拍卖、检验、检测、检疫、鉴定、专家评审之一",
        "f.yaml:18:7: error[wrong-shape] 这里应当是列表；每一项另起一行，以“- ”开头",
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "1:1: error[yaml] 文件是空的；以“格式: 1”开头写事项"),
        ("格式: 1\n名称: &a 甲\n", "2:5: error[yaml] 不允许使用锚点（&）和引用（*）；把内容直接写出来"),
        ("格式: 1\n名称: *a\n", "2:5: error[yaml] 不允许使用锚点（&）和引用（*）；把内容直接写出来"),
        ("格式: !!int 1\n", "1:5: error[yaml] 不允许使用类型标记（!）；删去以 ! 开头的标记"),
        ("格式: 1\n---\n格式: 1\n", "2:1: error[yaml] 一个文件只写一个事项；删去“---”及其后的内容"),
        ("格式: 1\n\t名称: 甲\n", "error[yaml]"),
        ("格式: 1\n名称：甲\n编码: 1\n", "键后面用半角冒号加空格“: ”，不要用全角“：”"),
        ("格式: 1\n? [甲]\n: 乙\n", "2:3: error[yaml] 键必须是一个词；写成“键: 值”"),
        ("[" * 20, "1:13: error[yaml] 嵌套超过 12 层；减少嵌套"),
        ("格式: \x07", "1:5: error[yaml] 文件里有不允许的控制字符或残缺字符；删去该字符，用 UTF-8 保存"),
        ("格式: 1\n名称: \ud800", "2:5: error[yaml] 文件里有不允许的控制字符或残缺字符"),
        ("# " + "长" * 90_000, "1:1: error[yaml] 文件超过 256 KiB；把事项拆开，或删去长文本"),
        ("名称: [" + "甲," * 20_001 + "]", "error[yaml] 内容超过 20000 项"),
        ("格式: 1\n名称: [甲\n", "error[yaml] YAML 语法错误"),
    ],
    ids=["empty", "anchor", "alias", "tag", "two", "tab", "wide colon", "key", "deep", "control", "surrogate",
         "big", "many", "open"],
)  # fmt: skip
def test_what_is_not_our_yaml_is_refused_at_its_place(text, line):
    [said] = told(text)

    assert line in said


@pytest.mark.parametrize("case", GOLDEN["changes"])
def test_a_fault_of_the_text_is_told_where_it_stands(case):
    said = told(a_text().replace(case["before"], case["after"], 1))

    assert any(case["says"] in each for each in said), said


@pytest.mark.parametrize("case", GOLDEN["additions"])
def test_parts_that_do_not_fit_together_are_told(case):
    said = told(a_text(more=case["more"]))

    assert any(case["says"] in each for each in said), said


def test_quality_rules_warn_where_nothing_is_promised_falsely():
    text = (
        a_text(code="330700900000", more="人生大事: [出生]")
        .replace("公共服务", "行政确认")
        .replace("自然人", "法人")
    )

    said = told(text)

    assert [each.split(" ", 1)[1] for each in said] == [
        "warning[Q16] 行政权力事项没有写救济途径；加上“救济”",
        "warning[Q10] 服务法人却归入个人主题；改为“创业”",
    ]


def test_a_permission_without_a_common_question_is_warned_of():
    text = a_text(code="330100900000").replace("公共服务", "行政许可")

    assert any("warning[Q11] 行政许可至少要有一个常见问题" in each for each in told(text))


def test_an_item_with_warnings_only_compiles():
    text = a_text(more="问题: [{标识: a, 问题: 甲, 类型: 是否}]")

    compilation = compile_text(text)

    assert compilation.item is not None
    assert compilation.errors == ()


@pytest.mark.parametrize("case", GOLDEN["conditions"])
def test_a_fault_of_a_condition_is_told_in_the_files_own_line_and_column(case):
    said = under(case["cel"])

    assert any(case["says"] in each for each in said), said


def test_a_condition_over_several_lines_is_placed_line_by_line():
    said = under('|\n      child &&\n      mrital == "已婚"')

    assert said[0].startswith("f.yaml:28:7: error[condition-name]")


def test_in_a_folded_condition_the_place_is_where_it_begins():
    said = under('>\n      child &&\n      mrital == "已婚"')

    assert said[0].startswith("f.yaml:26:9: error[condition-name]")


def test_a_condition_with_too_many_answers_to_list_is_refused():
    names = [f"n{number}" for number in range(13)]
    questions = "问题:\n" + "".join(f"  - {{标识: {name}, 问题: 甲, 类型: 是否}}\n" for name in names)
    situation = f"情形: [{{标识: s, 名称: 全部, 条件: {' || '.join(names)}}}]\n"

    assert any(
        "error[condition-wide] 条件涉及的问题太多" in each
        for each in told(a_text(more=questions + situation))
    )


def test_keys_may_be_written_in_english():
    english = a_text().replace("格式:", "format:").replace("名称: 某某证申领", "name: 某某证申领")
    english = english.replace("部门: 民政", "agency: civil_affairs").replace("样本: 是", "sample: true")

    assert compile_text(english).item == compile_text(a_text()).item


def test_what_looks_like_a_number_or_a_truth_stays_text():
    item = compile_text(a_text().replace("名称: 某某证申领", "名称: 是")).item

    assert item is not None
    assert item.name == "是"
    assert item.consult_phone == "0571-12345001"


def test_an_empty_block_is_placed_where_it_begins():
    [said] = told(a_text(more="情形:\n  - 标识: s\n    名称: 甲\n    条件: |\n"))

    assert said.startswith("f.yaml:19:9: error[condition-syntax]")


def test_what_cannot_be_read_at_all_does_not_hide_the_rest():
    said = told(a_text(more="材料: [甲]\n问题: [{标识: in, 问题: 甲, 类型: 是否}]\n"))

    assert [each.split(" ")[1].split("[")[1][:-1] for each in said] == ["wrong-shape", "Q15", "reserved-id"]


def test_a_text_that_is_no_record_is_refused():
    assert told("甲") == ["f.yaml:1:1: error[wrong-shape] 这里应当是若干“键: 值”；写成若干行“键: 值”"]
