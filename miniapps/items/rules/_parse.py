"""The subset of CEL an item text may use, read into a tree.

`== != < <= > >= in && || !`, parentheses, and constants over declared questions.  No functions, arithmetic or
macros: what remains can be proved by listing cases.  CEL itself (`_cel`) has checked names and types.
"""

import re
from collections.abc import Mapping
from datetime import date

import msgspec

from miniapps.items.rules._conditions import (
    And,
    Compare,
    Comparison,
    Constant,
    In,
    Name,
    Not,
    Operand,
    Or,
    Tree,
    Value,
    Variable,
)
from miniapps.items.rules._findings import nearest

DEEPEST = 20  # parentheses and negations within each other

_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"(?:[^"\\\n]|\\["'\\])*"|'(?:[^'\\\n]|\\["'\\])*')|(?P<int>-?\d+)(?![\w.])"""
    r"""|(?P<word>[A-Za-z_]\w*)(?![.(\w"'])|(?P<sign>==|!=|<=|>=|&&|\|\||[<>!()\[\],]))"""
)
_COMPARISONS: dict[str, Comparison] = {"==": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


class Refused(Exception):
    """The expression is CEL, but not of the kind we take; `at` is the offset in it."""

    def __init__(self, at: int, rule: str, problem: str, fix: str) -> None:
        super().__init__(problem)
        self.at, self.rule, self.problem, self.fix = at, rule, problem, fix


class Token(msgspec.Struct, frozen=True):
    """One word of the expression."""

    kind: str
    text: str
    at: int


def parse(source: str, variables: Mapping[str, Variable]) -> Tree:
    """Return the tree of `source`.

    Raises: Refused at the first thing outside the subset, or a constant that no answer can equal.
    """
    return _Parser(_tokens(source), variables).whole()


def _tokens(source: str) -> list[Token]:
    tokens, at = [], 0
    end = len(source.rstrip())
    while at < end:
        match = _TOKEN.match(source, at)
        if match is None or match.lastgroup is None:
            start = at + len(source[at:]) - len(source[at:].lstrip())
            problem = f"不支持的写法“{source[start : start + 12].splitlines()[0]}”"
            raise Refused(start, "condition-subset", problem, _ALLOWED)
        tokens.append(Token(match.lastgroup, match[match.lastgroup], match.start(match.lastgroup)))
        at = match.end()
    return [*tokens, Token("end", "", end)]


_SPELLING = "文字和日期加引号，整数不加，是否写 true 或 false"
_ALLOWED = "只能用 == != < <= > >= in && || ! 括号、问题的标识和常量"


class _Parser:
    def __init__(self, tokens: list[Token], variables: Mapping[str, Variable]) -> None:
        self.tokens, self.variables = tokens, variables
        self.at = 0
        self.depth = 0

    def whole(self) -> Tree:
        tree = self._or()
        if self._now.kind != "end":
            raise self._refuse("这里不应再有内容", "用 && 或 || 连接，或删去")
        return tree

    def _or(self) -> Tree:
        tree = self._and()
        while self._take("||"):
            tree = Or(tree, self._and())
        return tree

    def _and(self) -> Tree:
        tree = self._unary()
        while self._take("&&"):
            tree = And(tree, self._unary())
        return tree

    def _unary(self) -> Tree:
        self._deeper()
        if self._take("!"):
            tree: Tree = Not(self._unary())
        elif self._take("("):
            tree = self._or()
            self._expect(")")
        else:
            tree = self._relation()
        self.depth -= 1
        if self._now.text in _COMPARISONS and self._now.kind == "sign":
            raise self._refuse("比较的两边只能是问题的标识或常量", "拆成几个比较，用 && 或 || 连接")
        return tree

    def _relation(self) -> Tree:
        begin = self._now
        left = self._operand()
        sign = self._now
        if sign.kind == "sign" and sign.text in _COMPARISONS:
            self.at += 1
            return self._compare(_COMPARISONS[sign.text], left, self._operand(), begin)
        if sign.kind == "word" and sign.text == "in":
            self.at += 1
            return self._in(left, begin)
        if isinstance(left, Constant) and not isinstance(left.value, bool):
            raise Refused(begin.at, "condition-subset", "单独的常量不是条件", _ALLOWED)
        return left

    def _operand(self) -> Operand:
        token = self._now
        self.at += 1
        if token.kind == "word" and token.text in ("true", "false"):
            return Constant(token.text == "true")
        if token.kind == "word" and token.text in self.variables:
            return Name(token.text)
        if token.kind == "int":
            return Constant(int(token.text))
        if token.kind == "text":
            return Constant(re.sub(r"\\(.)", r"\1", token.text[1:-1]))
        self.at -= 1
        raise self._refuse("这里应当是问题的标识或常量", _ALLOWED)

    def _compare(self, op: Comparison, left: Operand, right: Operand, begin: Token) -> Tree:
        sides = (left, right)
        named = [self.variables[side.id] for side in sides if isinstance(side, Name)]
        if not named:
            raise Refused(begin.at, "condition-subset", "两边都是常量的比较没有意义", "至少一边写问题的标识")
        ordered = op not in ("==", "!=")
        if ordered and named[0].type not in ("int", "date"):
            raise Refused(begin.at, "condition-type", "只有整数和日期可以比大小", "改用 ==、!= 或 in")
        if len(named) == 2 and (named[0].type == "choice" or named[0].type != named[1].type):
            raise Refused(begin.at, "condition-type", "这两个问题的答案不能互相比较", "与常量比较")
        for side in sides:
            if isinstance(side, Constant):
                self._fit(side.value, named[0], self.tokens[self.at - 1] if side is right else begin)
        return Compare(op, left, right)

    def _in(self, left: Operand, begin: Token) -> Tree:
        if not isinstance(left, Name):
            raise Refused(begin.at, "condition-subset", "in 的左边应当是问题的标识", "写成 标识 in [常量, …]")
        self._expect("[")
        among: list[Value] = []
        while not self._take("]"):
            token = self._now
            constant = self._operand()
            if not isinstance(constant, Constant):
                raise Refused(token.at, "condition-subset", "in 的列表里只能是常量", "写成 标识 in [常量, …]")
            self._fit(constant.value, self.variables[left.id], token)
            among.append(constant.value)
            if self._now.text != "]":
                self._expect(",")
        return In(left, tuple(among))

    def _fit(self, value: Value, variable: Variable, token: Token) -> None:
        """Refuse a constant that the answer can never be."""
        kinds = {"choice": str, "date": str, "bool": bool, "int": int}
        if type(value) is not kinds[variable.type]:
            raise Refused(
                token.at,
                "condition-type",
                "常量的类型与问题不符",
                "文字加引号，整数不加，是否写 true 或 false",
            )
        if variable.type == "date" and not _is_day(str(value)):
            raise Refused(token.at, "condition-choice", f"“{value}”不是日期", '写成 "2026-01-31"')
        if variable.type == "choice" and value not in variable.choices:
            near = nearest(str(value), variable.choices)
            fix = f"是否想写“{near}”？" if near else ""
            options = "、".join(variable.choices)
            raise Refused(token.at, "condition-choice", f"选项里没有“{value}”", f"{fix}选项有：{options}")

    @property
    def _now(self) -> Token:
        return self.tokens[self.at]

    def _take(self, text: str) -> bool:
        hit = self._now.kind == "sign" and self._now.text == text
        self.at += hit
        return hit

    def _expect(self, text: str) -> None:
        if not self._take(text):
            raise self._refuse(f"这里应当是“{text}”", _ALLOWED)

    def _deeper(self) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self._refuse(f"括号嵌套超过 {DEEPEST} 层", "拆成几个情形")

    def _refuse(self, problem: str, fix: str) -> Refused:
        return Refused(self._now.at, "condition-subset", problem, fix)


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
