"""What a page says of itself is written down, whatever it says, and no longer than it is worth."""

from banshi.findings import Finding
from banshi.gate.browser._journal import LONGEST, Journal, Line, read


def test_words_of_a_page_are_cut_and_hold_no_letter_that_nothing_stores(tmp_path):
    page = Finding(rule="page.error", problem="a\0b\ud800c", fix="x" * 10_000_000, selector="#" + "y" * 9_000)

    journal = Journal(tmp_path)
    journal.write(Line(found=page))
    journal._lines.close()

    [line] = read(tmp_path)
    assert line.found is not None
    assert (line.found.problem, len(line.found.fix), len(line.found.selector)) == ("a b c", LONGEST, LONGEST)
