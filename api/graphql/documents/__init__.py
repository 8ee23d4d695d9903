"""The documents that our own clients send: one operation per file, known by name and by the hash of its text.

`banshi graphql documents` writes manifest.json; the server runs what stands in it (api.graphql.trusted).
A client says `named("case")`, or carries the id itself; a document that no client names is refused by
`banshi graphql check`.
"""

import hashlib
from functools import cache
from pathlib import Path

import msgspec

FOLDER = Path(__file__).parent
MANIFEST = FOLDER / "manifest.json"
SUFFIX = ".graphql"
PREFIX = "sha256:"  # of an id on the wire; 64 small hexadecimal digits follow


class Entry(msgspec.Struct, frozen=True):
    """One line of the manifest: `sha256` is that of the file's bytes."""

    name: str
    sha256: str
    file: str

    @property
    def id(self) -> str:
        """What a client sends as `documentId`."""
        return PREFIX + self.sha256


def present(folder: Path = FOLDER) -> list[Entry]:
    """Return what `folder` holds, by name."""
    return [
        Entry(name=file.stem, sha256=hashlib.sha256(file.read_bytes()).hexdigest(), file=file.name)
        for file in sorted(folder.glob(f"*{SUFFIX}"))
    ]


def listed(manifest: Path = MANIFEST) -> list[Entry]:
    """Return what the manifest lists."""
    return msgspec.json.decode(manifest.read_bytes(), type=list[Entry])


def written(entries: list[Entry]) -> str:
    """Return the manifest's text for `entries`: one on each line, so that changes can be read."""
    lines = ",\n".join(f"  {msgspec.json.encode(entry).decode()}" for entry in entries)
    return f"[\n{lines}\n]\n"


@cache
def _ids() -> dict[str, str]:
    return {entry.name: entry.id for entry in listed()}


def named(name: str) -> str:
    """Return the id of the document `name`.

    Raises:
        KeyError: the manifest has none; `banshi graphql documents` writes it.
    """
    return _ids()[name]
