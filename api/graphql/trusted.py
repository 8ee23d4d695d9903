"""Trusted documents, made ready once when a process starts: read, measured, validated and priced.

manifest.json -> text -> operations.prepare -> the dearest answer it may ask for -> found by its id

What is checked here is not checked again per request; `tests/api/test_trusted.py` counts that.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from graphql import GraphQLError, GraphQLSchema

from api.graphql import cost, documents, operations
from api.graphql.documents import Entry
from api.graphql.operations import Operation
from storage.paging import LARGEST


class Broken(Exception):
    """A trusted document that cannot run; the message names it and says why."""

    def __init__(self, entry: Entry, problems: Iterable[str]) -> None:
        super().__init__(f"{entry.file}: {'; '.join(problems)}")


@dataclass(frozen=True)
class Trusted:
    """The operations that first-party clients may send, by the id they send."""

    operations: Mapping[str, Operation]

    @classmethod
    def load(cls, schema: GraphQLSchema, folder: Path = documents.FOLDER) -> "Trusted":
        """Make ready what the manifest in `folder` lists.

        Raises:
            Broken: one of them is missing, was changed since, or cannot run.
        """
        entries = documents.listed(folder / documents.MANIFEST.name)
        return cls({entry.id: ready(schema, entry, folder) for entry in entries})

    def find(self, document_id: str) -> Operation | None:
        """Return the operation whose id is `document_id` (`sha256:` and 64 hexadecimal digits)."""
        return self.operations.get(document_id)


def ready(schema: GraphQLSchema, entry: Entry, folder: Path = documents.FOLDER) -> Operation:
    """Return the one operation of a trusted document; nothing of its price is left to be reckoned.

    Raises:
        Broken: it is missing, was changed since the manifest was written, or cannot run.
    """
    file = folder / entry.file
    content = file.read_bytes() if file.is_file() else b""
    if hashlib.sha256(content).hexdigest() != entry.sha256:
        raise Broken(entry, ["not what the manifest says; run `banshi graphql documents`"])
    found = operations.prepare(schema, content.decode(), is_open=False)
    if isinstance(found, list):
        raise Broken(entry, [_told(error) for error in found])
    if len(found) > 1:
        raise Broken(entry, ["one operation per document"])
    operation = next(iter(found.values()))
    if operation.name != _operation_name(entry.name):
        raise Broken(entry, [f"call its operation {_operation_name(entry.name)}"])
    dearest = cost.check(operation.cost, dict.fromkeys(_sizes(operation.cost), LARGEST))
    if dearest is not None:
        raise Broken(entry, [f"with the longest pages: {dearest.message}"])
    return replace(operation, cost=cost.Cost(), sha256=entry.sha256)


def _told(error: GraphQLError) -> str:
    place = error.locations[0] if error.locations else None
    return f"line {place.line}: {error.message}" if place else error.message


def _operation_name(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))


def _sizes(priced: cost.Cost) -> set[str]:
    """Return the variables that size a list: no field takes more than a hundred."""
    return {name for name, _, _ in priced.times}.union(*(_sizes(inner) for _, _, inner in priced.times))
