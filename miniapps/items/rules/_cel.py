"""CEL itself, behind one file: the only one that knows `cel_expr_python`.

It is loaded when a text is compiled, not when the process starts: it takes some 8 MiB, and serving needs
only the tree.
"""

import importlib
import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Literal

import msgspec

from miniapps.items.rules._conditions import Value, Variable

_ISSUE = re.compile(r"^(?:INVALID_ARGUMENT: )?ERROR: <input>:(\d+):(\d+): (.+)$", re.MULTILINE)


class Issue(msgspec.Struct, frozen=True):
    """What CEL has to say against an expression, line and column from 1, in characters."""

    line: int
    column: int
    kind: Literal["syntax", "name", "type"]
    detail: str  # the undeclared name, the types that do not fit, or CEL's own words


@cache
def _cel() -> Any:
    return importlib.import_module("cel_expr_python.cel")


def _environment(variables: Mapping[str, Variable]) -> Any:
    cel = _cel()
    types = {"choice": cel.Type.STRING, "date": cel.Type.STRING, "bool": cel.Type.BOOL, "int": cel.Type.INT}
    return cel.NewEnv(variables={name: types[variable.type] for name, variable in variables.items()})


def issues(source: str, variables: Mapping[str, Variable]) -> list[Issue]:
    """Return what keeps `source` from being a CEL condition over `variables`; empty when it is one.

    After a syntax error CEL's further ones are echoes of it; only the first is returned.
    """
    try:
        expression = _environment(variables).compile(source)
    except (RuntimeError, ValueError) as refusal:
        found = [_issue(*match) for match in _ISSUE.findall(str(refusal))]
        found = found or [Issue(1, 1, "syntax", str(refusal).splitlines()[0])]
        return found[:1] if found[0].kind == "syntax" else found
    if expression.return_type().name() != "BOOL":
        return [Issue(1, 1, "type", expression.return_type().name().lower())]
    return []


def holds(source: str, variables: Mapping[str, Variable], answers: Mapping[str, Value]) -> bool:
    """Return what CEL says of `source` when everything is answered."""
    return bool(_environment(variables).compile(source).eval(data=dict(answers)).value())


def _issue(line: str, column: str, words: str) -> Issue:
    words = words.removesuffix(" [INVALID_ARGUMENT]")
    if name := re.match(r"undeclared reference to '([^']+)'", words):
        return Issue(int(line), int(column), "name", name[1])
    if types := re.match(r"found no matching overload for .* applied to '\((.*)\)'", words):
        return Issue(int(line), int(column), "type", types[1])
    return Issue(int(line), int(column), "syntax", words)
