from datetime import UTC, datetime
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banshi.notices import NUMBER
from miniapps.notices import rules
from miniapps.notices.rules import Text

FILLED = {
    "number": "330100261120000000012", "causes": "交纸质原件", "visits": "2", "at": "2026年11月20日 12:00",
    "device": "手机", "name": "我的手机",
    "kind": "代办", "outcome": "异议成立",
    "region": "杭州市西湖区", "until": "2026年12月20日 12:00", "app": "租房提取", "reason": "含有广告",
    "answer": "已经修好", "title": "提交以后白屏", "state": "已确认",
    "principal": "王*", "delegate": "李*", "act": "提交申请",
    "version": "1.0.0", "due_on": "2026年11月25日",
    "notice": "暂停使用",
    "why": "页面出错过多",
}  # fmt: skip


@pytest.mark.parametrize("kind", rules.TEMPLATES)
def test_every_kind_has_words_that_fit_an_inbox_and_no_hole_left(kind):
    text = rules.render(kind, FILLED)

    assert text == rules.presentable(text)
    assert not [name for _, name, _, _ in Formatter().parse(text.title + text.body) if name is not None]


def test_a_kind_without_words_is_our_mistake():
    with pytest.raises(KeyError):
        rules.render("nothing.known", {})


@pytest.mark.parametrize(
    "number",
    [
        "11010519491231002X",
        "440524188001010014",
        "110105491231002",
        "13812345678",
        "138 1234 5678",
        "138-1234-5678",
        "+86 13812345678",
    ],
)
def test_id_and_mobile_numbers_are_blotted_out(number):
    text = rules.presentable(Text(f"号码{number}", f"请核对 {number}。"))

    assert text == Text("号码***", "请核对 ***。")


@pytest.mark.parametrize("number", ["330100261120000000012", "2026-11-20", "12345", "0571-88888888"])
def test_case_numbers_dates_and_office_telephones_stay(number):
    assert number in rules.presentable(Text(number, "内容")).title


@given(st.text(), st.text())
def test_a_notice_always_fits_its_row(title, body):
    text = rules.presentable(Text(title, body))

    assert len(text.title) <= rules.LONGEST_TITLE
    assert len(text.body) <= rules.LONGEST_BODY
    assert NUMBER.search(text.title) is None


def test_what_is_too_long_ends_in_an_ellipsis():
    assert rules.presentable(Text("长" * 61, "内容")).title == "长" * 59 + "…"


@pytest.mark.parametrize(
    ("link", "inside"),
    [("/cases/1", True), ("https://example.org", False), ("//example.org", False), ("/\\example.org", False)],
)
def test_only_paths_of_our_own_pages_are_inside(link, inside):
    assert rules.is_inside(link) is inside


def test_a_notice_is_kept_for_two_years():
    assert rules.kept_since(datetime(2026, 11, 20, tzinfo=UTC)) == datetime(2024, 11, 20, tzinfo=UTC)
