"""Conditions as data: a small immutable tree, evaluated in three values.

The tree is the subset of CEL that an item text may use; `_cel` checks the source with CEL itself.
An unanswered question makes a comparison *unknown*; the truth of a whole is unknown exactly when
some completion of the answers makes it true and another makes it false.
"""

from typing import Literal

import msgspec

Value = str | int | bool
Comparison = Literal["==", "!=", "<", "<=", ">", ">="]


VariableType = Literal["choice", "bool", "int", "date"]


class Constant(msgspec.Struct, frozen=True, tag="constant"):
    """A constant."""

    value: Value


class Name(msgspec.Struct, frozen=True, tag="name"):
    """The answer to a question."""

    id: str


class Compare(msgspec.Struct, frozen=True, tag="compare"):
    """Two operands of one type compared."""

    op: Comparison
    left: "Operand"
    right: "Operand"


class In(msgspec.Struct, frozen=True, tag="in"):
    """An operand among constants."""

    left: "Operand"
    among: tuple[Value, ...]


class Not(msgspec.Struct, frozen=True, tag="not"):
    """The opposite."""

    of: "Tree"


class And(msgspec.Struct, frozen=True, tag="and"):
    """Both."""

    left: "Tree"
    right: "Tree"


class Or(msgspec.Struct, frozen=True, tag="or"):
    """Either."""

    left: "Tree"
    right: "Tree"


Operand = Constant | Name
Tree = Constant | Name | Compare | In | Not | And | Or


class Variable(msgspec.Struct, frozen=True):
    """What may be answered to one question: the whole space a proof ranges over."""

    type: VariableType  # a date is its ISO text: YYYY-MM-DD sorts as time does
    choices: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None


class Condition(msgspec.Struct, frozen=True):
    """A condition as its author wrote it (CEL) and as a tree."""

    cel: str
    tree: Tree
