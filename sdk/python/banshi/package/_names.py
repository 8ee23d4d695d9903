"""Names of files: such that they mean the same on every system, in every address and to every reader."""

import re
from collections.abc import Iterable, Iterator

from banshi.findings import Finding
from banshi.package._kinds import KINDS, kind_of
from banshi.package._listing import OURS

LONGEST, DEEPEST = 200, 12
PART = re.compile(r"[A-Za-z0-9_@][A-Za-z0-9._@~-]*")
DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(1, 10))})


def faults(names: Iterable[str]) -> Iterator[Finding]:
    """Yield what is wrong with the names of a package's files."""
    seen: dict[str, str] = {}
    for name in names:
        problem = _problem(name)
        if problem is not None:
            rule, told, fix = problem
            yield Finding(rule=rule, file=name.encode("unicode_escape").decode(), problem=told, fix=fix)
        twin = seen.get(name.casefold())
        if twin == name:
            yield Finding(rule="package.duplicate", file=name, problem="it is there twice", fix="remove one")
        elif twin is not None:
            told = f"it differs from {twin} by capitals alone"
            yield Finding(rule="package.case", file=name, problem=told, fix="rename one")
        seen[name.casefold()] = name


def _problem(name: str) -> tuple[str, str, str] | None:
    parts = name.split("/")
    if name.startswith("/") or "\\" in name or ":" in name or ".." in parts:
        return "package.traversal", "its name leads out of the package", "name it by a path inside"
    if len(name) > LONGEST or len(parts) > DEEPEST:
        return "package.name", "its name is too long", f"at most {LONGEST} characters and {DEEPEST} levels"
    if not all(PART.fullmatch(part) and not part.endswith(".") for part in parts):
        fix = "use letters, digits and ._@~- only; no part begins or ends with a dot"
        return "package.name", "its name has characters that not every system reads alike", fix
    if any(part.partition(".")[0].lower() in DEVICES for part in parts):
        return "package.name", "some systems take its name for a device", "rename it"
    if not name.startswith(OURS) and kind_of(name) is None:
        return "package.kind", "files of this kind are not served", f"use one of {', '.join(KINDS)}"
    return None
