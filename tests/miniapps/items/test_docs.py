"""docs/item-text.md says what the code obeys."""

import re
from pathlib import Path

import pytest

from miniapps.items.rules import compile_text
from miniapps.items.rules._schema import ITEM
from miniapps.items.rules._shapes import Key, Many, Record, Shape

ROOT = Path(__file__).parents[3]
GUIDE = (ROOT / "docs" / "item-text.md").read_text(encoding="utf-8")
CODE = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "miniapps/items/rules").glob("_*.py"))


def keys(shape: Shape) -> list[Key]:
    if isinstance(shape, Many):
        return keys(shape.of)
    if isinstance(shape, Record):
        return [key for own in shape.keys for key in (own, *keys(own.shape))]
    return []


@pytest.mark.parametrize("key", keys(ITEM), ids=lambda key: key.name)
def test_every_key_stands_in_the_guide_in_both_languages(key):
    assert f"| {key.chinese} | `{key.name}` | {'是' if key.required else ''} |" in GUIDE


def test_every_rule_stands_in_the_guide():
    said = re.findall(r'"((?:Q\d+)|(?:condition-[a-z]+)|(?:[a-z]+-(?:key|shape|text|number|word|id)))"', CODE)

    assert len(set(said)) > 25
    assert [rule for rule in sorted(set(said)) if f"`{rule}`" not in GUIDE] == []


def test_the_example_of_the_guide_compiles():
    [example] = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)

    assert compile_text(example).findings == ()
