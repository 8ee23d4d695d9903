"""The style guide, as far as a machine can read it."""

import ast
import re
import subprocess
from collections import defaultdict
from collections.abc import Iterator
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


# of which commands load their topic late, so that --help stays quick
LATE = ("api", "cli")
DRAWERS = {"utils", "helpers", "common", "misc", "managers"}
HAN = "\u4e00-\u9fff"
HALF = re.compile(rf"[{HAN}”）}}][,;]|[,;][{HAN}“]|[{HAN}]\([{HAN}]")
# PostgreSQL may run such a subquery once for each row of the outer one, and take more than its limit
LOOSE = re.compile(
    r"\bIN\s*\(\s*SELECT\b(?:(?!\bIN\s*\().)*?\bLIMIT\b(?:(?!\bIN\s*\().)*?\bFOR\b[ A-Z]*\bUPDATE\b"
    r"|^\s*(?:DELETE FROM|UPDATE) .*\bIN\s*\(\s*\?",  # or it is filled in, and so not to be seen
    re.S,
)
RULES = (
    "a file fits in the head",
    "so does a function",
    "a module says its duty",
    "nothing is imported inside a function",
    "there is no drawer for everything",
    "Chinese is punctuated in Chinese",
    "rows that a limit chooses are chosen once",
)


def tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    return listed.stdout.splitlines()


def faults(path: Path) -> Iterator[tuple[str, str]]:
    """What is wrong with a file: the rule, and where."""
    text = path.read_text()
    tree, parts = ast.parse(text), path.relative_to(ROOT).parts
    nodes = list(ast.walk(tree))
    functions = [node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    if len(text.splitlines()) > 300:
        yield "a file fits in the head", ""
    yield from (
        ("so does a function", node.name) for node in functions if node.end_lineno - node.lineno >= 40
    )
    if parts[0] in ("tests", "bench"):
        return
    if not ast.get_docstring(tree) and path.name != "piccolo_app.py":
        yield "a module says its duty", ""
    if path.stem in DRAWERS:
        yield "there is no drawer for everything", ""
    if parts[:2] != LATE:
        yield from (
            ("nothing is imported inside a function", node.name)
            for node in functions
            if any(isinstance(child, ast.Import | ast.ImportFrom) for child in ast.walk(node))
        )
    yield from (
        ("Chinese is punctuated in Chinese", said) for said in chinese_texts(nodes) if HALF.search(said)
    )
    yield from (
        ("rows that a limit chooses are chosen once", sql) for sql in texts(nodes) if LOOSE.search(sql)
    )


def texts(nodes: list[ast.AST]) -> Iterator[str]:
    """All strings of a file, those with parts to fill in as they stand there."""
    for node in nodes:
        if isinstance(node, ast.JoinedStr):
            yield "".join(part.value if isinstance(part, ast.Constant) else "?" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def chinese_texts(nodes: list[ast.AST]) -> list[str]:
    """Strings of a file that are read by people: Chinese, and neither docstring nor example of a text."""
    return [
        node.value
        for node in nodes
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and len(re.findall(f"[{HAN}]", node.value)) > len(re.findall("[A-Za-z]", node.value))
        and "[" not in node.value  # a piece of an item text, in ASCII by its grammar
        and not node.value.startswith("(")
    ]


@pytest.fixture(scope="module")
def found() -> dict[str, list[str]]:
    """The faults of all files by rule; each file is read once, not once for each rule."""
    by_rule = defaultdict(list)
    for path in SOURCES:
        for rule, where in faults(path):
            by_rule[rule].append(f"{path.relative_to(ROOT)}: {where}")
    return by_rule


@pytest.mark.parametrize("rule", RULES)
def test_every_file_is_as_the_style_guide_says(found, rule):
    assert found.keys() <= set(RULES)
    assert found[rule] == []


@pytest.mark.parametrize(
    ("file", "text", "rules"),
    [
        ("api/long.py", '"""Long."""\n' + "x = 1\n" * 300, ["a file fits in the head"]),
        ("tests/long.py", "def f():\n" + "    x = 1\n" * 40, ["so does a function"]),
        ("api/mute.py", "x = 1\n", ["a module says its duty"]),
        ("api/utils.py", '"""Anything."""\n', ["there is no drawer for everything"]),
        ("api/late.py", '"""Late."""\ndef f():\n    import os\n', ["nothing is imported inside a function"]),
        ("api/cli/late.py", '"""Late."""\ndef f():\n    import os\n', []),
        (
            "api/taken.py",
            '"""Takes."""\nx = "DELETE FROM t WHERE id IN (SELECT id FROM t LIMIT 2 FOR UPDATE)"\n',
            ["rows that a limit chooses are chosen once"],
        ),
        (
            "api/taken.py",
            '"""Takes."""\nx = f"DELETE FROM t WHERE id IN ({OLD})"\n',
            ["rows that a limit chooses are chosen once"],
        ),
        (
            "api/taken.py",
            '"""Takes."""\nx = "DELETE FROM t WHERE id = ANY(ARRAY(SELECT id FROM t LIMIT 2 FOR UPDATE))"\n',
            [],
        ),
        ("api/said.py", '"""Says."""\nx = "您好,请坐"\n', ["Chinese is punctuated in Chinese"]),
    ],
)
def test_what_is_not_so_is_found(tmp_path, monkeypatch, file, text, rules):
    monkeypatch.setattr("tests.test_shape.ROOT", tmp_path)
    path = tmp_path / file
    path.parent.mkdir(parents=True)
    path.write_text(text)

    assert [rule for rule, _ in faults(path)] == rules


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


# words of the old wires, and where they may stand: MD5 also where S3 wants it of a body, and mgop of a sign
AT_THE_EDGE = {
    "md5": {
        "identity/wires",
        "storage/objects.py",
        "sdk/python/banshi/mgop.py",
        "sdk/js/src/compat",
        "sdk/js/dist/types/compat",
    },
    "authlevel": {"identity/wires"},
    "idtype": {"identity/wires", "sdk/python/banshi/simulator/_old.py"},
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
