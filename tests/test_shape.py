"""The style guide, as far as a machine can read it."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TOPS = ("api", "miniapps", "identity", "storage", "sdk", "bench", "tests")
WRITTEN_BY_PROGRAMS = {"piccolo_migrations", "refusals"}
SOURCES = [
    path
    for top in TOPS
    for path in sorted((ROOT / top).rglob("*.py"))
    if not {*WRITTEN_BY_PROGRAMS, "node_modules"} & set(path.parts)
]
PRODUCT = [path for path in SOURCES if path.relative_to(ROOT).parts[0] not in ("tests", "bench")]
FOLDERS = {
    "api",
    "miniapps",
    "identity",
    "storage",
    "sdk",
    "scripts",
    "tests",
    "docs",
    "bench",
}


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    return listed.stdout.splitlines()


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_file_fits_in_the_head(path):
    text = path.read_text()

    assert len(text.splitlines()) <= 300
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno - node.lineno < 40, node.name


@pytest.mark.parametrize("path", PRODUCT, ids=name)
def test_module_says_its_duty(path):
    tree = ast.parse(path.read_text())

    assert ast.get_docstring(tree) or path.name in ("piccolo_app.py",), "a module begins with its duty"


# commands load their topic late, so that --help stays quick
EAGER = [path for path in PRODUCT if path.relative_to(ROOT).parts[:2] != ("api", "cli")]


@pytest.mark.parametrize("path", EAGER, ids=name)
def test_nothing_is_imported_inside_a_function(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            inner = [child for child in ast.walk(node) if isinstance(child, ast.Import | ast.ImportFrom)]
            assert not inner, f"{node.name} imports in its body"


@pytest.mark.parametrize("path", PRODUCT, ids=name)
def test_no_drawer_for_everything(path):
    assert path.stem not in {"utils", "helpers", "common", "misc", "managers"}


def test_top_level_holds_only_the_fixed_names():
    tops = {entry.split("/")[0] for entry in tracked() if "/" in entry and not entry.startswith(".")}

    assert tops <= FOLDERS


def test_no_address_of_a_registry_stands_in_a_lock():
    locks = [
        ROOT / line for line in tracked() if "requirements" in line or line.endswith("package-lock.json")
    ]

    assert locks
    for path in locks:
        address = r'"resolved"' if path.suffix == ".json" else r"--(extra-)?index-url|https?://"
        assert not re.search(address, path.read_text()), path


def test_every_slice_has_its_tests():
    slices = {path.parent.name for path in (ROOT / "miniapps").glob("*/piccolo_app.py")}

    for slice_ in slices:
        assert list((ROOT / "tests" / "miniapps" / slice_).glob("test_*.py")), f"{slice_} has no tests"


# words of the old wires, and where they may stand: MD5 also where S3 wants it of a body
AT_THE_EDGE = {
    "md5": {"identity/wires", "storage/objects.py"},
    "authlevel": {"identity/wires"},
    "idtype": {"identity/wires"},
}
WRITTEN = [
    line
    for line in tracked()
    if line.startswith(("api/", "miniapps/", "identity/", "storage/", "sdk/"))
    and line.endswith((".py", ".html", ".graphql", ".sql", ".js", ".ts"))
    and "node_modules" not in line
]


@pytest.mark.parametrize("word", AT_THE_EDGE)
def test_words_of_the_old_wires_stay_at_their_edge(word):
    where = {line for line in WRITTEN if word in (ROOT / line).read_text().lower()}

    assert len(WRITTEN) > 300
    assert [line for line in where if line.startswith("identity/wires/")]
    assert not [line for line in where if not line.startswith(tuple(AT_THE_EDGE[word]))]


HAN = "\u4e00-\u9fff"


def chinese_texts(path: Path) -> list[str]:
    """Strings of a file that are read by people: Chinese, and neither docstring nor example of a text."""
    return [
        node.value
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and len(re.findall(f"[{HAN}]", node.value)) > len(re.findall("[A-Za-z]", node.value))
        and "[" not in node.value  # a piece of an item text, in ASCII by its grammar
        and not node.value.startswith("(")
    ]


@pytest.mark.parametrize("path", PRODUCT, ids=name)
def test_chinese_is_punctuated_in_chinese(path):
    for text in chinese_texts(path):
        assert not re.search(rf"[{HAN}”）}}][,;]|[,;][{HAN}“]|[{HAN}]\([{HAN}]", text), text
