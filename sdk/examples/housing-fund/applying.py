"""What the page asks for and is told, and how it becomes a withdrawal at the platform."""

from typing import Annotated, Literal

import msgspec

from banshi.errors import DomainError
from banshi.platform import Answer, Preparation

CODE = "332000102000"  # 住房公积金租房提取
PROMISE = "COMMITMENT"  # 告知承诺: the citizen's word in place of a paper

Rent = Annotated[int, msgspec.Meta(ge=1, le=10_000_000)]  # fen per month


class Situation(msgspec.Struct, frozen=True):
    """What decides which papers are needed."""

    marital: Literal["未婚", "已婚", "离异", "丧偶"]
    local_household: bool

    def answers(self) -> list[Answer]:
        """Return the answers to the item's questions."""
        return [Answer("marital", text=self.marital), Answer("local_household", yes=self.local_household)]


class Withdrawal(msgspec.Struct, frozen=True):
    """How much, and where to."""

    account: Annotated[str, msgspec.Meta(pattern="^[0-9]{9,12}$")]
    bank_card: Annotated[str, msgspec.Meta(pattern="^[0-9]{16,19}$")]
    rent_fen: Rent
    no_home: bool  # his word that he and his spouse own no home in the city
    phone: Annotated[str, msgspec.Meta(pattern="^1[0-9]{10}$")]

    def form(self) -> list[Answer]:
        """Return the fields of the item's form."""
        return [
            Answer("account", text=self.account),
            Answer("bank_card", text=self.bank_card),
            Answer("monthly_rent", number=self.rent_fen),
            Answer("no_home", yes=self.no_home),
            Answer("phone", text=self.phone),
        ]


class Paper(msgspec.Struct, frozen=True):
    """One paper: there already, or to be had, or what the citizen may promise instead."""

    kind: str
    title: str
    settled: bool
    promise: bool


class Step(msgspec.Struct, frozen=True):
    """How far one withdrawal is."""

    id: str
    serial: str
    title: str
    state: str
    outcome: str
    again_on: str  # ISO date from which he may withdraw again; "" when that is not known


class NotReady(DomainError):
    """The application is not whole; `problems` tells the citizen what to mend."""

    code = "WITHDRAWAL_NOT_READY"
    status = 422
    text = "{problems}"


def papers(found: Preparation) -> list[Paper]:
    """Return the papers that are needed for certain."""
    return [
        Paper(each.kind, each.name, each.settled or not each.required, PROMISE in each.ways)
        for each in found.materials
    ]


def check(found: Preparation, withdrawal: Withdrawal, promises: list[str]) -> None:
    """Check that an application may be handed in.

    Raises: NotReady.
    """
    missing = [
        each for each in papers(found) if not each.settled and not (each.promise and each.kind in promises)
    ]
    problems = [problem.text for problem in found.problems]
    problems += [f"还缺“{each.title}”" for each in missing]
    if not withdrawal.no_home:
        problems.append("在缴存城市有自有住房的，不能提取公积金付房租")
    if problems:
        raise NotReady(problems="；".join(problems))
