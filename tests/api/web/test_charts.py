"""Pictures of figures: what is drawn, and what is said to who does not see it."""

from xml.etree import ElementTree

from api.web import charts


def shapes(picture: str) -> list[tuple[str, str]]:
    drawn = ElementTree.fromstring(picture)
    return [(each.tag, each.get("class", "")) for each in drawn if each.tag != "title"]


def test_a_column_for_each_value_but_for_nothing():
    assert shapes(charts.columns([1, 0, 3], "三天")) == [("rect", "column")] * 2


def test_what_is_over_the_limit_looks_otherwise_and_the_limit_is_a_line():
    assert shapes(charts.columns([1, 9], "两天", limit=5)) == [
        ("rect", "column"), ("rect", "over"), ("line", "limit")
    ]  # fmt: skip


def test_without_values_there_is_a_picture_all_the_same():
    assert shapes(charts.columns([], "还没有")) == []


def test_a_share_is_kept_between_nothing_and_all():
    assert shapes(charts.share(-1, "无")) == [("rect", "rest")]
    assert 'width="320.0"' in charts.share(7, "全部")


def test_the_words_are_escaped_and_there_for_who_does_not_see():
    picture = charts.share(0.5, '<script>"一半"&')

    assert "<script>" not in picture
    assert ElementTree.fromstring(picture).findtext("title") == '<script>"一半"&'
    assert ElementTree.fromstring(picture).get("role") == "img"


def test_spans_lie_below_each_other_and_inside_the_picture():
    picture = charts.spans([(-1, 0.5), (0.25, 2)], "两行")
    parts = [each.attrib for each in ElementTree.fromstring(picture) if each.get("class") == "part"]

    assert [(part["x"], part["y"], part["width"]) for part in parts] == [
        ("0.0", "0", "160.0"), ("80.0", "12", "240.0")
    ]  # fmt: skip
