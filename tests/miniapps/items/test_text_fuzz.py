"""Whatever is handed in as a text is answered with findings, never with a crash."""

from hypothesis import given, settings
from hypothesis import strategies as st

from miniapps.items.rules import compile_text
from miniapps.items.service import SHIPPED
from tests.miniapps.items.factories import a_text

WHOLE = [file.read_text(encoding="utf-8") for file in sorted(SHIPPED.glob("*.yaml"))][:4]
SHARDS = [
    *["格式: 1\n", "  - ", "材料:\n", "条件: ", "：", "是"],
    *["{", "}", "[", "]", ",", '"', "'", "|", "? ", "~", "\t", "\n"],
    *["&a", "*a", "!x", "---\n", "%YAML 1.9\n", "(", ")", "&&", "in", "0x1", "\x00", "\ud800"],
]


def findings_are_placed(text: str) -> None:
    compilation = compile_text(text)

    assert compilation.item is not None or compilation.errors
    for finding in compilation.findings:
        assert finding.place.line >= 1
        assert finding.place.column >= 1
        assert finding.rule
        assert finding.problem
        assert finding.fix
        assert "\n" not in finding.line("f.yaml")


@given(st.text(max_size=200))
@settings(max_examples=150, deadline=None)
def test_any_text_is_answered_with_places(text):
    findings_are_placed(text)


@given(st.lists(st.sampled_from(SHARDS), max_size=30).map("".join))
@settings(max_examples=200, deadline=None)
def test_any_heap_of_yaml_shards_is_answered_with_places(text):
    findings_are_placed(text)


@given(st.sampled_from(WHOLE), st.data())
@settings(max_examples=80, deadline=None)
def test_a_real_text_with_a_piece_cut_or_put_in_is_answered_with_places(text, data):
    at = data.draw(st.integers(0, len(text)))
    gone = data.draw(st.integers(0, 40))
    put = data.draw(st.sampled_from(["", *SHARDS]))

    findings_are_placed(text[:at] + put + text[at + gone :])


@given(st.text(alphabet="abcdeflm已婚\"'()&|!=<>[], 01.{}?:+\\", max_size=60))
@settings(max_examples=200, deadline=None)
def test_any_condition_is_answered_with_places(condition):
    quoted = condition.replace("'", "''")
    more = f"情形: [{{标识: s, 名称: 甲, 条件: '{quoted}'}}]"

    findings_are_placed(a_text(more="问题: [{标识: a, 问题: 甲, 类型: 是否}]\n" + more))
