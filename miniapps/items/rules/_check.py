"""What one key cannot tell alone: ids that clash, choices that are missing, results without a certificate."""

import re
import warnings
from collections.abc import Iterator
from typing import Any

from miniapps.items.rules._draft import Draft
from miniapps.items.rules._findings import Finding
from miniapps.items.rules._words import FieldType

_CEL_KEEPS = (
    "true false null in as break const continue else for function if import let loop package namespace return"
    " var void while"
)
_RESERVED = frozenset(_CEL_KEEPS.split())

LONGEST_TEXT = 2000  # characters of an answer; longer ones fit no pattern
MOST_EFFORT = LONGEST_TEXT**2  # some 0.1 s
_PARTS = re.compile(
    r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?"  # none of these repeats: an escape, a set, the start of a group
    r"|(?P<simple>[*+?|])|\{(?P<least>\d*)(?P<to>,(?P<most>\d*))?\}",
    re.DOTALL,
)


def check(draft: Draft) -> Iterator[Finding]:
    """Yield the errors that lie between several keys, in no particular order."""
    yield from _ids(draft)
    yield from _kinds(draft)
    for list_ in ("questions", "fields"):
        for number, row in draft.rows(list_):
            yield from _choices(draft, (list_, number), row)
            yield from _bounds(draft, (list_, number), row)
    for number, row in draft.rows("fields"):
        yield from _pattern(draft, ("fields", number, "pattern"), row.get("pattern"))
    yield from _result(draft)


def _ids(draft: Draft) -> Iterator[Finding]:
    """Questions and fields share one space of names: conditions speak of both."""
    seen: set[str] = set()
    for list_ in ("questions", "fields"):
        for number, row in draft.rows(list_):
            name = row.get("id")
            if name in seen:
                problem = f"标识“{name}”重复"
                yield draft.finding((list_, number, "id"), "error", "duplicate-id", problem, "换一个标识")
            if name in _RESERVED:
                problem = f"“{name}”是 CEL 的保留字"
                yield draft.finding((list_, number, "id"), "error", "reserved-id", problem, "换一个标识")
            seen |= {name} if name else set()


def _kinds(draft: Draft) -> Iterator[Finding]:
    seen: set[str] = set()
    for number, row in draft.rows("materials"):
        code = row.get("code")
        if code in seen:
            fix = "合并为一项，用“份数”和“条件”区分"
            yield draft.finding(
                ("materials", number, "code"), "error", "duplicate-id", f"材料种类“{code}”重复", fix
            )
        seen |= {code} if code else set()


def _choices(draft: Draft, path: tuple[str, int], row: dict[str, Any]) -> Iterator[Finding]:
    choices = [part.values.get("value") for part in row.get("choices") or [] if part]
    closed = row.get("type") is FieldType.CHOICE
    if closed and "choices" not in row:
        yield draft.finding(path, "error", "choices", "单选没有选项", "加上“选项: [..., ...]”")
    if not closed and "choices" in row and row.get("type"):
        yield draft.finding(
            (*path, "choices"), "error", "choices", "只有单选才有选项", "删去选项，或把类型改为单选"
        )
    if len(set(choices)) < len(choices):
        yield draft.finding((*path, "choices"), "error", "choices", "选项的值有重复", "每个值只写一次")


def _bounds(draft: Draft, path: tuple[str, int], row: dict[str, Any]) -> Iterator[Finding]:
    least, most = row.get("minimum"), row.get("maximum")
    numeric = row.get("type") in (FieldType.INT, FieldType.MONEY)
    if (least is not None or most is not None) and not numeric and row.get("type"):
        yield draft.finding(path, "error", "bounds", "只有整数和金额才有最小、最大", "删去最小、最大")
    if least is not None and most is not None and least > most:
        yield draft.finding((*path, "minimum"), "error", "bounds", "最小大于最大", "对调两数")


def _pattern(draft: Draft, path: tuple[str | int, ...], pattern: str | None) -> Iterator[Finding]:
    if pattern is None:
        return
    try:
        with warnings.catch_warnings():  # "[a--b]" will mean something else one day
            warnings.simplefilter("error", FutureWarning)
            re.compile(pattern)
    except (re.error, FutureWarning) as problem:
        yield draft.finding(path, "error", "pattern", f"正则表达式有误：{problem}", "检查括号和转义")
        return
    if re.search(r"\)[*+{]", pattern):  # (a+)+ takes exponential time on a crafted answer
        yield draft.finding(path, "error", "pattern", "不允许对括号整体重复", "写成不带重复括号的形式")
    elif _effort(pattern) > MOST_EFFORT:  # a*a*a*… takes the cube of the length of a crafted answer, or worse
        yield draft.finding(path, "error", "pattern", "可变长的重复太多", "给重复写明次数，如 {18}")


def _effort(pattern: str) -> int:
    """Return a bound on the ways in which a matcher may divide a text among the parts of `pattern`."""
    effort = 1
    for part in _PARTS.finditer(pattern):
        least, to, most = part["least"], part["to"], part["most"]
        if part["simple"]:
            effort *= 2 if part["simple"] in "?|" else LONGEST_TEXT
        elif to:
            effort *= max(1, int(most or LONGEST_TEXT) - int(least or 0) + 1)
    return effort


def _result(draft: Draft) -> Iterator[Finding]:
    kind, certificate = draft.get("result", "kind"), draft.get("result", "certificate_kind")
    if kind == "certificate" and certificate is None:
        yield draft.finding(("result",), "error", "result", "出证办结没有证照种类", "加上“证照种类: …”")
    if kind not in (None, "certificate") and certificate is not None:
        path = ("result", "certificate_kind")
        yield draft.finding(path, "error", "result", "不出证却写了证照种类", "删去证照种类，或改为出证办结")
