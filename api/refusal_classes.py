"""The refusals as classes of the SDK, from the same list as docs/errors.md: `banshi graphql errors`"""

import inspect
import textwrap
from collections.abc import Collection
from pathlib import Path

from api.refusals import all_refusals
from banshi.errors import ConsentNeeded, DomainError, ScopeMissing

FOLDER = Path(__file__).parent.parent / "sdk" / "python" / "banshi" / "refusals"

KINDS: dict[str, tuple[Collection[int], str]] = {
    "Unidentified": ((401,), "who asks must sign in, or more strongly"),
    "Denied": ((403,), "who asks may not do this"),
    "Missing": ((404,), "there is nothing that the caller may see"),
    "Malformed": ((400, 405, 406, 413, 415), "the request itself is wrong"),
    "Invalid": ((422,), "what it says is wrong: mend it"),
    "Busy": ((429,), "too often; come back later"),
    "Failed": (range(500, 600), "the platform, or a back end behind it, failed"),
    "Conflict": ((409, 410, 412), "the state of things does not allow it"),
}
"""The classes between `Refused` and those of single codes, by status; each has a module of its name."""

WANT_CONSENT = frozenset({ScopeMissing.code, ConsentNeeded.code})
"""What a mini-app is told where the citizen has not agreed: one class in the SDK, below Denied."""

HEAD = '''"""The refusals of a platform, one class for each code, in a module for each kind.

    from banshi.refusals import conflict, Missing

    except conflict.CaseSecondCorrection: …
    except Missing: …

PlatformError
├── NoAnswer    nothing usable came back within the tries allowed
└── Refused     the platform said no; `code` is stable and documented, `retryable` and `docs_url` help
{tree}

A code that this SDK does not know is a plain `Refused`.  Written by `banshi graphql errors`.
"""

from banshi.refusals import {modules}
from banshi.refusals._base import (
{base}
)

OF_CODE: dict[str, type[Refused]] = {{
    kind.code: kind
    for module in ({modules})
    for kind in vars(module).values()
    if isinstance(kind, type) and issubclass(kind, Refused) and "code" in vars(kind)
}}
"""The class of each code."""

__all__ = [
{names}
]
'''
CLASS = '''class {name}({parent}):
    """{doc}"""

    code, status, retryable = "{code}", {status}, {retryable}
'''
LINE, MARGIN = 96, 90
MANY = 48  # classes that a module holds within the three hundred lines a file may have


def modules() -> dict[str, str]:
    """Return the modules of `banshi.refusals`, by file name."""
    told = {kind.code: kind for kind in all_refusals()}.values()
    listed = {parent: [kind for kind in told if _parent(kind) == parent] for parent in KINDS}
    made: dict[str, str] = {}
    for parent, kinds in listed.items():
        made |= _modules(parent, kinds)
    return {"__init__.py": _head(listed), **made}


def write() -> None:
    """Write all of them."""
    for name, text in modules().items():
        (FOLDER / name).write_text(text)


def behind() -> list[str]:
    """Return the files that are behind the code."""
    wanted = modules().items()
    return [
        name for name, text in wanted if not (FOLDER / name).exists() or (FOLDER / name).read_text() != text
    ]


def class_name(code: str) -> str:
    """Return what the class of a code is called: APP_LOST is AppLost."""
    return "".join(word.capitalize() for word in code.split("_"))


def _parent(kind: type[DomainError]) -> str:
    return next((parent for parent, (statuses, _) in KINDS.items() if kind.status in statuses), "Conflict")


def _modules(parent: str, kinds: list[type[DomainError]]) -> dict[str, str]:
    """Return the module of a kind, and where it has many classes one beside it for those of mini-apps."""
    name, about = parent.lower(), KINDS[parent][1]
    if len(kinds) <= MANY:
        return {f"{name}.py": _module(parent, kinds, f"{parent}: {about}.")}
    apps = [kind for kind in kinds if kind.code.startswith("APP_")]
    others = [kind for kind in kinds if kind not in apps]
    names = sorted(class_name(kind.code) for kind in apps)
    lent = "".join(f"from banshi.refusals._{name}_apps import {each} as {each}\n" for each in names)
    return {
        f"_{name}_apps.py": _module(parent, apps, f"{parent}, of mini-apps: {about}."),
        f"{name}.py": _module(parent, others, f"{parent}: {about}.", lent=lent),
    }


def _module(parent: str, kinds: list[type[DomainError]], doc: str, *, lent: str = "") -> str:
    classes = [_class(_base(parent, kind), kind) for kind in kinds]
    bases = ", ".join(sorted({_base(parent, kind) for kind in kinds}))
    head = f'"""{doc}"""\n\nfrom banshi.refusals._base import {bases}\n{lent}'
    return "\n\n".join([head, *classes])


def _base(parent: str, kind: type[DomainError]) -> str:
    return "ConsentWanted" if kind.code in WANT_CONSENT else parent


def _class(parent: str, kind: type[DomainError]) -> str:
    told = " ".join((inspect.getdoc(kind) or "").split("\n\n")[0].split()).replace('"', "'")
    return CLASS.format(
        name=class_name(kind.code), parent=parent, doc=textwrap.shorten(told, LINE, placeholder=" …"),
        code=kind.code, status=kind.status, retryable=kind.retryable,
    )  # fmt: skip


def _head(listed: dict[str, list[type[DomainError]]]) -> str:
    tree = []
    for parent, kinds in listed.items():
        is_last = parent == list(listed)[-1]
        tree.append(f"    {'└' if is_last else '├'}── {parent}: {KINDS[parent][1]}")
        margin = f"    {' ' if is_last else '│'}   "
        names = ", ".join(class_name(each.code) for each in kinds)
        tree += [margin + line for line in textwrap.wrap(names, MARGIN)]
        if parent == "Denied":
            tree.append(f"{margin}└── ConsentWanted: {' and '.join(sorted(map(class_name, WANT_CONSENT)))}")
    base = sorted(["ConsentWanted", "NoAnswer", "PlatformError", "Refused", *KINDS])
    return HEAD.format(
        tree="\n".join(tree), base="\n".join(f"    {name}," for name in base),
        modules=", ".join(sorted(map(str.lower, KINDS))),
        names="\n".join(f'    "{name}",' for name in ["OF_CODE", *base, *sorted(map(str.lower, KINDS))]),
    )  # fmt: skip
