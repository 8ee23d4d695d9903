"""The fast paths are a library of their own: it could be taken out of this tree as it is."""

import ast
import gc
import sys
from pathlib import Path

import pytest

from tests.test_shape import ROOT

FOLDER = ROOT / "api" / "graphql" / "plan"
KNOWS = {"asyncpg", "graphql", "msgspec", "strawberry", "zstandard"}


@pytest.fixture(autouse=True)
def quiet():
    """CPython 3.11 loses count of its depth when a collection runs in the middle of parsing."""
    gc.disable()
    yield
    gc.enable()


def imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return {each for each in found if each.split(".")[0] not in sys.stdlib_module_names}


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.py")), ids=lambda path: path.stem)
def test_it_knows_strawberry_and_postgresql_and_nothing_of_ours(path):
    foreign = {each for each in imported(path) if not each.startswith("api.graphql.plan")}

    assert {each.split(".")[0] for each in foreign} <= KNOWS


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.py")), ids=lambda path: path.stem)
def test_its_files_are_short(path):
    assert len(path.read_text().splitlines()) <= 200
