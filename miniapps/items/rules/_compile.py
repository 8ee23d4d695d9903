"""Text to compiled item: read, check, bind, judge; all findings at once."""

from typing import Any

import msgspec

from miniapps.items.rules._bind import Binder
from miniapps.items.rules._check import check
from miniapps.items.rules._draft import Draft
from miniapps.items.rules._findings import Finding, error
from miniapps.items.rules._lint import lint
from miniapps.items.rules._model import CompiledItem
from miniapps.items.rules._read import Misfit, Part, Reader
from miniapps.items.rules._schema import ITEM
from miniapps.items.rules._yaml import Mapping, Node, Place, Unreadable, parse


class Compilation(msgspec.Struct, frozen=True):
    """What became of a text: an item when there is no error, and the findings by place."""

    item: CompiledItem | None
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Only what keeps it from being published."""
        return tuple(finding for finding in self.findings if finding.level == "error")


def compile_text(text: str) -> Compilation:
    """Compile one item text; never raises, whatever the text."""
    try:
        node = parse(text)
    except Unreadable as refusal:
        return Compilation(None, (error(refusal.place, "yaml", refusal.problem, refusal.fix),))
    reader = Reader()
    try:
        root = reader.read(node, ITEM)
    except Misfit:
        return Compilation(None, tuple(reader.findings))
    draft = Draft(root, reader.places)
    binder = Binder(text, draft)
    bound = binder.bind(root)
    found = [*reader.findings, *_first_line(node), *binder.findings, *check(draft), *lint(draft)]
    findings = tuple(sorted(found, key=lambda finding: (finding.place, finding.rule)))
    failed = any(finding.level == "error" for finding in findings)
    return Compilation(None if failed else _make(bound), findings)


def _first_line(node: Node) -> list[Finding]:
    """Return an error when the version of the format is not told before anything else."""
    first = node.pairs[0][0] if isinstance(node, Mapping) and node.pairs else None
    if first is None or first.text in ("格式", "format"):
        return []
    return [
        error(Place(first.place.line, 1), "format-first", "第一个键应当是“格式”", "把“格式: 1”移到最前面")
    ]


def _make(value: Any) -> Any:
    if isinstance(value, Part):
        return value.makes(**{key: _make(below) for key, below in value.values.items()})
    if isinstance(value, list):
        return tuple(_make(below) for below in value)
    return value
