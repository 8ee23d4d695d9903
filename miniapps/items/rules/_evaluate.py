"""Three-valued truth of a condition, exact: unknown only when the missing answers could tip it."""

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from itertools import product

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

MOST_COMPLETIONS = 4096  # a condition with more is refused when the text is compiled

_OPERATORS: dict[str, Callable[[Value, Value], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}  # fmt: skip


class Truth(msgspec.Struct, frozen=True):
    """True, false or unknown (`value` None), and which questions would settle an unknown one."""

    value: bool | None
    unsettled: tuple[str, ...] = ()


def truth(tree: Tree, answers: Mapping[str, Value], variables: Mapping[str, Variable]) -> Truth:
    """Return the truth of `tree` under `answers`.

    Shape: `variables` declares every name of the tree; `answers` holds well-typed answers to some of them.
    """
    rest = _reduce(tree, answers)
    if isinstance(rest, Constant):
        return Truth(bool(rest.value))
    open_ = tuple(sorted(names(rest)))
    points = completions(rest, {name: variables[name] for name in open_})
    table = {point: _holds(rest, dict(zip(open_, point, strict=True))) for point in product(*points)}
    outcomes = set(table.values())
    if len(outcomes) == 1:
        return Truth(outcomes.pop())
    return Truth(None, tuple(name for place, name in enumerate(open_) if _matters(table, place)))


def names(tree: Tree) -> frozenset[str]:
    """Return the questions a tree speaks of."""
    return frozenset(node.id for node in _walk(tree) if isinstance(node, Name))


def completions(tree: Tree, variables: Mapping[str, Variable]) -> list[Sequence[Value]]:
    """Return, per variable in the order given, values that stand for all it may take in `tree`.

    A number or date only matters by its order among the constants and the other unknowns; so the constants,
    their neighbours as far as there are unknowns, and the bounds represent every possible answer.
    """
    constants = _constants(tree)
    return [_points(variable, constants, reach=len(variables)) for variable in variables.values()]


def _points(variable: Variable, constants: set[Value], *, reach: int) -> Sequence[Value]:
    if variable.type == "choice":
        return variable.choices
    if variable.type == "bool":
        return (False, True)
    if variable.type == "date":
        days = {found.toordinal() for text in constants if (found := _day(text))}
        span = (date.min.toordinal(), date.max.toordinal())
        return [date.fromordinal(day).isoformat() for day in _around(days or {730_000}, reach, *span)]
    numbers = {value for value in constants if isinstance(value, int) and not isinstance(value, bool)}
    bounds = {bound for bound in (variable.minimum, variable.maximum) if bound is not None}
    return _around((numbers | bounds) or {0}, reach, variable.minimum, variable.maximum)


def _around(centres: set[int], reach: int, least: int | None, most: int | None) -> list[int]:
    near = {centre + step for centre in centres for step in range(-reach, reach + 1)}
    return sorted(n for n in near if (least is None or n >= least) and (most is None or n <= most))


def _day(value: Value) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _matters(table: Mapping[tuple[Value, ...], bool], place: int) -> bool:
    """Say whether two completions that differ in this one answer only ever differ in outcome."""
    seen: dict[tuple[Value, ...], bool] = {}
    return any(
        seen.setdefault(point[:place] + point[place + 1 :], outcome) != outcome
        for point, outcome in table.items()
    )


def _holds(tree: Tree, answers: Mapping[str, Value]) -> bool:
    rest = _reduce(tree, answers)
    assert isinstance(rest, Constant), "every name is answered"
    return bool(rest.value)


def _reduce(tree: Tree, answers: Mapping[str, Value]) -> Tree:
    """Return what remains of `tree` once the answers are put in; a Constant when they decide it."""
    match tree:
        case Constant() | Name():
            return _put(tree, answers)
        case Compare(op=op, left=left, right=right):
            return _compare(op, _put(left, answers), _put(right, answers))
        case In(left=left, among=among):
            operand = _put(left, answers)
            return Constant(operand.value in among) if isinstance(operand, Constant) else In(operand, among)
        case Not(of=of):
            inner = _reduce(of, answers)
            return Constant(not inner.value) if isinstance(inner, Constant) else Not(inner)
    one, other = _reduce(tree.left, answers), _reduce(tree.right, answers)
    return _join(type(tree), one, other, absorbing=isinstance(tree, Or))


def _put(operand: Operand, answers: Mapping[str, Value]) -> Operand:
    if isinstance(operand, Name) and operand.id in answers:
        return Constant(answers[operand.id])
    return operand


def _compare(op: Comparison, left: Operand, right: Operand) -> Tree:
    if isinstance(left, Constant) and isinstance(right, Constant):
        return Constant(_OPERATORS[op](left.value, right.value))
    return Compare(op, left, right)


def _join(kind: type[And] | type[Or], left: Tree, right: Tree, *, absorbing: bool) -> Tree:
    for one, other in ((left, right), (right, left)):
        if isinstance(one, Constant):
            return one if one.value is absorbing else other
    return kind(left, right)


def _walk(tree: Tree) -> Iterator[Tree]:
    yield tree
    match tree:
        case Compare(left=left, right=right) | And(left=left, right=right) | Or(left=left, right=right):
            yield from _walk(left)
            yield from _walk(right)
        case Not(of=inner) | In(left=inner):
            yield from _walk(inner)


def _constants(tree: Tree) -> set[Value]:
    found: set[Value] = set()
    for node in _walk(tree):
        if isinstance(node, Constant):
            found.add(node.value)
        elif isinstance(node, In):
            found.update(node.among)
    return found
