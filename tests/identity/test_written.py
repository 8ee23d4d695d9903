"""Words that people write: cut, counted and readable."""

import pytest

from banshi.errors import InvalidInput
from identity.written import words


def test_blanks_around_go_and_lines_and_wide_spaces_stay():
    assert words("note", "  第一行\r\n第二\u3000行\t ", 10, least=5) == "第一行\r\n第二\u3000行"


@pytest.mark.parametrize("text", ["字" * 11, " 短 ", "有\0字", "a\x1b[2J", "反\u202e向"])
def test_what_is_too_long_too_short_or_cannot_be_read_is_refused(text):
    with pytest.raises(InvalidInput) as caught:
        words("note", text, 10, least=2)

    assert caught.value.data["field"] == "note"
