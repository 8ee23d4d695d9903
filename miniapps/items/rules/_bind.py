"""Conditions of a text bound to its questions: checked by CEL, made trees, faults placed in the file."""

from collections.abc import Iterable, Mapping
from math import prod
from typing import Any

from miniapps.items.rules._cel import Issue, issues
from miniapps.items.rules._conditions import Condition, Variable, VariableType
from miniapps.items.rules._draft import Draft
from miniapps.items.rules._evaluate import MOST_COMPLETIONS, completions, names
from miniapps.items.rules._findings import Finding, error, nearest
from miniapps.items.rules._parse import Refused, parse
from miniapps.items.rules._read import Part, Written
from miniapps.items.rules._words import FieldType
from miniapps.items.rules._yaml import Place, position

LONGEST = 1000  # characters of one condition

COMPARABLE: dict[FieldType, VariableType] = {
    FieldType.CHOICE: "choice",
    FieldType.BOOL: "bool",
    FieldType.INT: "int",
    FieldType.DATE: "date",
}
"""The types a condition can speak of."""

_TYPES = {"string": "文字", "int": "整数", "bool": "是否", "double": "小数", "uint": "无符号整数"}


class Binder:
    """Compiles every condition of one text; `findings` fills as it goes."""

    def __init__(self, text: str, draft: Draft) -> None:
        self.text = text
        self.findings: list[Finding] = []
        questions = _variables(row for _, row in draft.rows("questions"))
        fields = _variables(row for _, row in draft.rows("fields"))
        self.variables = {"questions": questions, "everything": {**fields, **questions}}

    def bind(self, value: Any) -> Any:
        """Return `value` with conditions in place of what was written, Nones for those that failed."""
        if isinstance(value, Written):
            return self._condition(value)
        if isinstance(value, Part):
            return Part(value.makes, {key: self.bind(below) for key, below in value.values.items()})
        if isinstance(value, list):
            return [self.bind(below) for below in value]
        return value

    def _condition(self, written: Written) -> Condition | None:
        source, variables = written.scalar.text.rstrip("\n"), self.variables[written.over]
        if len(source) > LONGEST:
            self._note(written, 1, 1, "condition-long", f"条件超过 {LONGEST} 字", "拆成几个情形")
            return None
        if found := issues(source, variables):
            self.findings.extend(self._told(issue, written, variables) for issue in found)
            return None
        try:
            tree = parse(source, variables)
        except Refused as refused:
            line, column = _line_and_column(source, refused.at)
            self._note(written, line, column, refused.rule, refused.problem, refused.fix)
            return None
        space = completions(tree, {name: variables[name] for name in sorted(names(tree))})
        if prod(len(points) for points in space) > MOST_COMPLETIONS:
            self._note(written, 1, 1, "condition-wide", "条件涉及的问题太多", "拆开，每个少用几个问题")
        return Condition(source, tree)

    def _told(self, issue: Issue, written: Written, variables: Mapping[str, Variable]) -> Finding:
        place = position(self.text, written.scalar, issue.line, issue.column)
        if issue.kind == "name":
            return _unknown_name(place, issue.detail, variables)
        if issue.kind == "type":
            return _wrong_type(place, issue.detail)
        source = written.scalar.text
        return error(
            place,
            "condition-syntax",
            f"条件写法有误：{issue.detail.splitlines()[0][:120]}",
            _syntax_hint(source),
        )

    def _note(self, written: Written, line: int, column: int, rule: str, problem: str, fix: str) -> None:
        place = position(self.text, written.scalar, line, column)
        self.findings.append(error(place, rule, problem, fix))


def _variables(rows: Iterable[dict[str, Any]]) -> dict[str, Variable]:
    found = {}
    for row in rows:
        kind = COMPARABLE.get(row.get("type"))  # type: ignore[arg-type]  # None when it could not be read
        if kind and row.get("id"):
            choices = tuple(part.values["value"] for part in row.get("choices") or [] if part and part.values)
            found[row["id"]] = Variable(kind, choices, row.get("minimum"), row.get("maximum"))
    return found


def _unknown_name(place: Place, name: str, variables: Mapping[str, Variable]) -> Finding:
    near = nearest(name, variables)
    known = "、".join(variables) or "(没有可用的问题)"
    fix = f"是否想写“{near}”？" if near else f"可用的标识：{known}；文字要加引号"
    return error(place, "condition-name", f"没有标识为“{name}”的问题", fix)


def _wrong_type(place: Place, types: str) -> Finding:
    told = "、".join(_TYPES.get(word.strip(), word.strip()) for word in types.split(","))
    fix = "两边类型要相同：文字和日期加引号，整数不加，是否写 true 或 false"
    return error(place, "condition-type", f"类型不符：{told}", fix)


def _syntax_hint(source: str) -> str:
    if any(mark in source for mark in "“”‘’"):
        return "引号用半角的 \" 或 '"
    if any(mark in source for mark in "（），！＝"):
        return "括号和符号用半角"
    if "=" in source.replace("==", "").replace("!=", "").replace("<=", "").replace(">=", ""):
        return "相等写作 =="
    return "检查引号、括号和运算符；中文只能写在引号里"


def _line_and_column(source: str, at: int) -> tuple[int, int]:
    before = source[:at]
    return before.count("\n") + 1, at - (before.rfind("\n") + 1) + 1
