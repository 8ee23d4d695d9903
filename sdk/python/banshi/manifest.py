"""The manifest of a mini-app: what it is, what it asks for, and why.

`check(text)` answers every fault at once with path, line, column, what was expected and how to mend it.
The JSON Schema (2020-12) is `schemas/manifest-1.json`; YAML and JSON texts are both read.
"""

import json
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

import msgspec
import yaml
from jsonschema.exceptions import ValidationError

from banshi._apis import uncallable
from banshi._checker import Checker
from banshi.errors import DomainError

HOST_VERSION = "1.0"
"""The version of the platform's own web host; a host app elsewhere says its own when it opens a mini-app."""

LARGEST = 64 * 1024  # bytes of manifest text
LONGEST_TOLD = 600  # characters of what was expected: it may quote what there was
DEEPEST = 32  # collections inside each other
LARGEST_INTEGER = 2**63 - 1
UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
LOADER: Any = getattr(
    yaml, "CSafeLoader", yaml.SafeLoader
)  # libyaml's, where there is one, is ten times faster


@dataclass(frozen=True)
class Fault:
    """One thing wrong in a manifest; lines and columns count from 1."""

    path: str
    line: int
    column: int
    expected: str
    fix: str

    def show(self, name: str) -> str:
        """Return `name:line:column: path: expected; fix`."""
        return f"{name}:{self.line}:{self.column}: {self.path}: {self.expected}; {self.fix}"


class ManifestRefused(DomainError):
    """The manifest is not well-formed; `faults` lists everything wrong with it."""

    code = "MANIFEST_REFUSED"
    status = 422
    text = "The manifest has {count} fault(s): {first}"

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__(count=len(faults), first=faults[0].show("manifest"))

    @property
    def extensions(self) -> dict[str, Any]:
        """`{code, data: {count, first}, faults: [{path, line, column, expected, fix}]}`."""
        return {**super().extensions, "faults": [msgspec.to_builtins(fault) for fault in self.faults]}


class Api(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One call the mini-app's back end answers."""

    name: str
    scope: str
    input: dict[str, Any] = {}
    output: dict[str, Any] = {}
    mgop: str = ""  # its name at the old gateway, where that is not made of `name` (`banshi.mgop`)


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A checked manifest.  `scopes` maps each scope to the reason the citizen will read."""

    format: int
    id: str
    name: str
    version: str
    department: str
    operator: str
    purpose: str
    entry: str
    scopes: dict[str, str]
    regions: list[str]
    retention_days: int
    hotline: str
    pages: list[str] = []
    items: list[str] = []
    events: list[str] = []
    apis: list[Api] = []
    min_host_version: str = "1.0"
    profile: str = "standard"  # "zheliban": it is to run in the old host app too

    @property
    def is_packaged(self) -> bool:
        """Whether the start page lies in the package, not elsewhere."""
        return self.entry.startswith("/")

    @property
    def home(self) -> str:
        """The name of the file that the start page is, in the package."""
        path = urlsplit(self.entry).path.lstrip("/")
        return f"{path}index.html" if not path or path.endswith("/") else path


@cache
def schema() -> dict[str, Any]:
    """Return the JSON Schema of format 1."""
    text = files("banshi").joinpath("schemas/manifest-1.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def read(text: str) -> Manifest:
    """Return the manifest in `text` (YAML or JSON).

    Raises:
        ManifestRefused: with every fault found.
    """
    faults = check(text)
    if faults:
        raise ManifestRefused(faults)
    return msgspec.convert(_value(text), Manifest)


def check(text: str) -> list[Fault]:
    """Return everything wrong with the manifest in `text`, in the order of its lines."""
    if len(text.encode()) > LARGEST:
        return [Fault("(text)", 1, 1, f"expected at most {LARGEST} bytes", "shorten the schemas")]
    try:
        unsafe = _unsafe(text)
        if unsafe:
            return [unsafe]
        root = yaml.compose(text, Loader=LOADER)
        value = _value(text)
    except yaml.MarkedYAMLError as error:
        return [_at(error.problem_mark, f"expected YAML or JSON: {error.problem}", "mend the syntax here")]
    except (yaml.YAMLError, ValueError) as error:  # a character YAML forbids, an impossible date
        return [_at(None, f"expected YAML or JSON: {error}", "remove it")]
    if not isinstance(root, yaml.MappingNode) or not isinstance(value, dict):
        return [_at(None, "expected a mapping of fields", "start with `format: 1`")]
    faults = [
        _there(root, list(error.absolute_path), f"expected {_expected(error)}"[:LONGEST_TOLD], _fix(error))
        for error in Checker(schema()).iter_errors(value)
    ] + _doubles(root)
    told = {fault.path for fault in faults}
    faults += [fault for fault in _foreign(root, value, []) if fault.path not in told]
    if "scopes" in value and not {fault.path.partition(".")[0] for fault in faults} & {"apis", "scopes"}:
        faults += [_there(root, *each) for each in uncallable(value.get("apis", []), value["scopes"])]
    return sorted(faults, key=lambda fault: (fault.line, fault.column))


def fault(text: str, path: Sequence[str | int], expected: str, fix: str) -> Fault:
    """Return a fault at `path` of a manifest that holds by itself: what only a platform can know."""
    root = yaml.compose(text, Loader=LOADER)
    assert root is not None, "it was read"
    mark = _find(root, list(path)).start_mark
    return Fault(".".join(map(str, path)), mark.line + 1, mark.column + 1, f"expected {expected}", fix)


def _value(text: str) -> Any:
    """Return what `text` holds, in plain types only."""
    loader = LOADER(text)
    try:
        return loader.get_single_data()
    finally:
        loader.dispose()


def _unsafe(text: str) -> Fault | None:
    """Return what would make reading `text` dear, found while reading no farther than it lies."""
    depth = 0
    for event in yaml.parse(text, Loader=LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:  # each level costs the reader some of its stack
            return _at(event.start_mark, f"expected at most {DEEPEST} levels", "nest less")
        if isinstance(event, yaml.AliasEvent):  # a few of them could unfold into gigabytes
            return _at(event.start_mark, "expected no aliases", "write it out")
    return None


def _at(mark: Any, expected: str, fix: str) -> Fault:
    """Return a fault of the text as a whole, at `mark` or at its beginning."""
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    return Fault("(text)", line, column, expected, fix)


def _there(root: yaml.Node, path: list[str | int], expected: str, fix: str) -> Fault:
    mark = _find(root, path).start_mark
    told = ".".join(map(str, path)) or "(manifest)"
    return Fault(told, mark.line + 1, mark.column + 1, expected, fix)


def _find(node: yaml.Node, path: list[str | int]) -> yaml.Node:
    """Return the node at `path`, or the deepest one on the way there."""
    for step in path:
        if isinstance(node, yaml.MappingNode):
            node = next((value for key, value in node.value if key.value == step), node)
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            node = node.value[step]
    return node


def _expected(error: ValidationError) -> str:
    match error.validator:
        case "required":
            return f"the field {error.message.split(' ')[0]}"
        case "additionalProperties":
            return f"only known fields ({error.message})"
        case "enum":
            return f"one of {error.validator_value}"
        case "pattern":
            return f"text like {error.validator_value}, got {error.instance!r}"
        case "type":
            return f"a value of type {error.validator_value}, got {error.instance!r}"
        case _:
            return error.message


THEIRS = {
    "app_id": "id", "description": "purpose", "platform_version": "min_host_version",
    "req_permissions": "scopes", "short_name": "name",
}  # fmt: skip
"""What has another name in W3C's MiniApp Manifest, by that name (ADR 164)."""


def _fix(error: ValidationError) -> str:
    described = error.schema.get("description") if isinstance(error.schema, dict) else None
    fixes = {
        "required": "add it; the schema says what it holds",
        "additionalProperties": _ours(error.message) or "remove it or correct its spelling",
        "enum": "choose one of these",
    }
    return fixes.get(str(error.validator), described or "change the value")


def _ours(message: str) -> str:
    """Return what to write for the names of W3C that a message tells; "" when there are none."""
    return ", ".join(f"write {our} for {their}" for their, our in THEIRS.items() if f"'{their}'" in message)


def _foreign(root: yaml.Node, value: Any, path: list[str | int]) -> Iterator[Fault]:
    """Find what YAML can say and JSON cannot, and characters that nobody sees."""
    if isinstance(value, dict) and all(isinstance(key, str) and not UNSEEN.search(key) for key in value):
        for key, each in value.items():
            yield from _foreign(root, each, [*path, key])
    elif isinstance(value, list):
        for at, each in enumerate(value):
            yield from _foreign(root, each, [*path, at])
    elif not _is_plain(value):
        told, fix = "expected text, numbers, lists and mappings as JSON has them", "write it as JSON does"
        yield _there(root, path, told, fix)


def _is_plain(value: Any) -> bool:
    if isinstance(value, str):
        return UNSEEN.search(value) is None
    if isinstance(value, float):
        return math.isfinite(value)
    return value is None or (isinstance(value, int) and abs(value) <= LARGEST_INTEGER)


def _doubles(node: yaml.Node) -> list[Fault]:
    """Find keys written twice: YAML would silently keep the last."""
    if isinstance(node, yaml.SequenceNode):
        return [fault for child in node.value for fault in _doubles(child)]
    if not isinstance(node, yaml.MappingNode):
        return []
    seen: set[str] = set()
    faults = []
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            continue
        if key.value in seen:
            mark = key.start_mark
            faults.append(
                Fault(key.value, mark.line + 1, mark.column + 1, "expected each field once", "remove one")
            )
        seen.add(key.value)
        faults.extend(_doubles(value))
    return faults
