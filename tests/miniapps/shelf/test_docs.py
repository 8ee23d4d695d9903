"""The table of moves in the documentation is the one of the code."""

import re
from pathlib import Path

from miniapps.shelf.rules import MOVES, DefectState, Side

DOC = Path(__file__).parents[3] / "docs/mini-apps.md"


def state(words: str) -> DefectState:
    return DefectState(re.sub(r"\(.*\)| again", "", words).strip().replace(" ", "_"))


def test_the_table_of_moves_is_the_one_of_the_code():
    table = DOC.read_text(encoding="utf-8").split("| from | to | by |\n|---|---|---|\n")[1].split("\n\n")[0]
    told: dict[DefectState, dict[DefectState, frozenset[Side]]] = {}
    for line in table.splitlines():
        sources, targets, sides = (cell.strip() for cell in line.strip("|").split("|"))
        for source in sources.split(", "):
            for target in targets.split(", "):
                by = frozenset(Side(side) for side in sides.split(", "))
                told.setdefault(state(source), {})[state(target)] = by
    assert told == MOVES
