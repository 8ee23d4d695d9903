from pathlib import Path

from miniapps.calendar.rules import parse

GUIDE = Path(__file__).parents[3] / "docs" / "calendar.md"


def test_the_example_in_the_guide_can_be_loaded():
    blocks = GUIDE.read_text(encoding="utf-8").split("```")[1::2]
    example = next(block for block in blocks if "notice 2027" in block)

    (notice,) = parse(example)

    assert notice.year == 2027
