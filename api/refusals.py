"""All refusals a client can meet, gathered from every part: for docs/errors.md and its test."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from types import ModuleType

import api
import banshi
import identity
import miniapps
import storage
from banshi.errors import DomainError

PARTS: tuple[ModuleType, ...] = (banshi, storage, identity, miniapps, api)
SKIPPED = ("piccolo", ".embedded", ".supervisor", "api.worker")

HEAD = """# Errors

Every refusal, over GraphQL or plain HTTP, has the same shape:

```json
{"errors": [{"message": "Sign in first.", "path": ["cases"],
             "extensions": {"code": "NOT_SIGNED_IN", "data": {}, "requestId": "01a2…"}}]}
```

- `code` never changes its meaning and is what a client switches on; `message` is for people and may change.
- `data` holds the values named in the message, as strings.
- `requestId` also stands in the header `x-request-id` and in the server's logs: quote it in reports.
- What is absent and what belongs to somebody else is answered alike.
- HTTP status: over plain HTTP routes the one in the table. Over `/graphql` with `Accept: application/json` a
  well-formed request is always 200; with `Accept: application/graphql-response+json` it is 400 when nothing
  ran and 294 when an answer holds data and errors ([ADR 072](adr/072-graphql-over-http.md)).
- *Again*: the same call may work later without changes.

This file is written by `banshi graphql errors`; a test compares.

"""
ROW = '| <a id="{anchor}"></a>`{code}` | {status} | {again} | {text} | {meaning} |\n'


def all_refusals() -> list[type[DomainError]]:
    """Return every refusal that has a code, ordered by code."""
    for part in PARTS:
        for name in _modules(part):
            importlib.import_module(name)
    return sorted(
        {
            kind
            for kind in _below(DomainError)
            if "code" in vars(kind) and not kind.__module__.startswith("tests")
        },
        key=lambda kind: (kind.code, kind.__module__),
    )


def _modules(part: ModuleType) -> Iterator[str]:
    for found in pkgutil.walk_packages(part.__path__, f"{part.__name__}.", onerror=lambda name: None):
        if not any(skipped in found.name for skipped in SKIPPED):
            yield found.name


def _below(kind: type[DomainError]) -> Iterator[type[DomainError]]:
    for child in kind.__subclasses__():
        yield child
        yield from _below(child)


def table() -> str:
    """Return docs/errors.md."""
    rows = [
        ROW.format(
            anchor=kind.code.lower(),
            code=kind.code,
            status=kind.status,
            again="yes" if kind.retryable else "",
            text=_cell(kind.text),
            meaning=_cell((inspect.getdoc(kind) or "").split("\n\n")[0]),
        )
        for kind in all_refusals()
    ]
    return (
        HEAD + "| code | status | again | message | what it means |\n|---|---|---|---|---|\n" + "".join(rows)
    )


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
