"""Every command, flag and variable that the documents name is there."""

import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click
import pytest

from api.cli.main import main as banshi
from api.variables import VARIABLES
from banshi.cli import main as miniapp

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "sdk").glob("**/README.md")])
PAGES = [page for page in PAGES if "node_modules" not in page.parts and page.name != "CHANGELOG.md"]
BLOCK = re.compile(r"^```(?:sh|bash|console)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")
PROGRAMS: dict[str, click.Command] = {"banshi": banshi, "miniapp": miniapp}
SCRIPT = re.compile(r"\bscripts/[\w-]+")
VARIABLE = re.compile(rb"\b(?:BANSHI|MINIAPP)_[A-Z0-9_]+\b")
ENDS = {"|", "||", "&&", "&", ";", ">", "<", ">>"}
SOURCES = ("api", "sdk/python/banshi", "storage", "tests", "bench", "scripts")


def lines(page: Path) -> Iterator[str]:
    """The commands of a page: lines of its blocks, and what it writes in a sentence."""
    text = page.read_text(encoding="utf-8")
    for block in BLOCK.findall(text):
        yield from block.replace("\\\n", " ").splitlines()
    yield from SPAN.findall(BLOCK.sub("", text))


def commands(line: str) -> Iterator[list[str]]:
    """The words of each call of one of our programs in a line."""
    try:
        words = shlex.split(line, comments=True)
    except ValueError:  # half of a sentence
        return
    for at, word in enumerate(words):
        if word.rpartition("/")[2] in PROGRAMS and "=" not in word:
            rest = words[at + 1 :]
            end = next((n for n, each in enumerate(rest) if each in ENDS), len(rest))
            yield [word.rpartition("/")[2], *rest[:end]]


def wrong(words: list[str]) -> str:
    """Say what of a call is not there; "" when all of it is."""
    command, path = PROGRAMS[words[0]], [words[0]]
    for word in words[1:]:
        if word.startswith("-"):
            flag = word.partition("=")[0]
            if flag not in {"--help", "-h", *flags(command)}:
                return f"{' '.join(path)} has no {flag}"
        elif isinstance(command, click.Group):
            there = {each: command.get_command(click.Context(command), each) for each in word.split("|")}
            if None in there.values():
                return f"{' '.join(path)} has no {word}" if word.isascii() and word.islower() else ""
            command, path = next(each for each in there.values() if each), [*path, word]
    return ""


def flags(command: click.Command) -> set[str]:
    return {each for parameter in command.params for each in (*parameter.opts, *parameter.secondary_opts)}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_and_flags_are_there(page):
    told = [wrong(words) for line in lines(page) for words in commands(line)]

    assert [each for each in told if each] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_scripts_and_variables_are_there(page):
    text = page.read_text(encoding="utf-8")

    assert {each for each in SCRIPT.findall(text) if not (ROOT / each).exists()} == set()
    assert {each.decode() for each in VARIABLE.findall(text.encode())} - read() == set()


@cache
def read() -> set[str]:
    """The variables that programs read, or set."""
    files = [file for folder in SOURCES for file in (ROOT / folder).rglob("*") if file.suffix in ("", ".py")]
    texts = (file.read_bytes() for file in files if file.is_file() and "node_modules" not in file.parts)
    named = {each.decode() for text in texts for each in VARIABLE.findall(text)}
    return named | {variable.name for variable in VARIABLES}


def test_a_wrong_one_is_found():
    assert wrong(["miniapp", "unpublish"]) == "miniapp has no unpublish"
    assert wrong(["miniapp", "promote", "1.0.0", "--share", "5"]) == "miniapp promote has no --share"
    assert wrong(["banshi", "sandbox", "approve", "hello-app"]) == ""
    assert [*commands("a && .venv/bin/miniapp logs -f | head -5")] == [["miniapp", "logs", "-f"]]
