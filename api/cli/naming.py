"""Which trusted documents our own clients name, read from their sources."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import banshi
from api.graphql.documents import Entry

API = Path(__file__).parents[1]
CLIENTS = (API / "cli", API / "web", Path(banshi.__file__).parent)
SUFFIXES = frozenset({".py", ".js", ".ts", ".html"})
NAMED = re.compile(r"""\bnamed\(\s*["']([a-z0-9_]+)["']\s*\)|["'](sha256:[0-9a-f]{64})["']""")


def faults(entries: Iterable[Entry], clients: Iterable[Path] = CLIENTS) -> list[str]:
    """Return what is wrong between the documents and those who send them: unused ones, and unknown ones."""
    called = {name: file for folder in clients for file in _sources(folder) for name in _names(file)}
    known = {word: entry for entry in entries for word in (entry.name, entry.id)}
    used = {known[word].name for word in called if word in known}
    unused = sorted({entry.name for entry in known.values()} - used)
    return [
        *(f"{name}.graphql: no client of ours names it; remove it" for name in unused),
        *(f"{file}: there is no document {word}" for word, file in called.items() if word not in known),
    ]


def _sources(folder: Path) -> Iterator[Path]:
    return (file for file in sorted(folder.rglob("*")) if file.suffix in SUFFIXES)


def _names(file: Path) -> list[str]:
    return [name or id_ for name, id_ in NAMED.findall(file.read_text(encoding="utf-8"))]
