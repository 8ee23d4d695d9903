"""What the page asks for and is told, and how it becomes an application at the platform."""

from datetime import date
from typing import Annotated, Literal

import msgspec

from banshi.errors import DomainError
from banshi.platform import Answer, Case, Preparation

CODE = "330700105000"  # 新生儿户口登记
PROMISE = "COMMITMENT"  # 告知承诺: the citizen's word in place of a paper

HANDED_IN = "出生登记申请已提交"

Words = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]


class Family(msgspec.Struct, frozen=True):
    """What decides which papers are needed."""

    follow: Literal["随父", "随母"]
    marital: Literal["已婚", "未婚", "离异"]
    collective: bool  # 集体户

    def answers(self) -> list[Answer]:
        """Return the answers to the item's questions."""
        return [
            Answer("follow", text=self.follow),
            Answer("marital", text=self.marital),
            Answer("collective", yes=self.collective),
        ]


class Child(msgspec.Struct, frozen=True):
    """Who is to be entered, and where."""

    child_name: Words
    child_sex: Literal["男", "女"]
    born_on: date
    nation: Words
    household_address: Words
    phone: Annotated[str, msgspec.Meta(pattern="^1[0-9]{10}$")]
    householder: Annotated[str, msgspec.Meta(max_length=60)] = ""

    def form(self, family: Family) -> list[Answer]:
        """Return the fields of the item's form; a collective household has no householder."""
        told: dict[str, str] = msgspec.to_builtins(self)
        return [
            Answer(name, text=value)
            for name, value in told.items()
            if value and not (name == "householder" and family.collective)
        ]


class Paper(msgspec.Struct, frozen=True):
    """One paper: there already, or to be had, or what the citizen may promise instead."""

    kind: str
    title: str
    settled: bool
    promise: bool


class Step(msgspec.Struct, frozen=True):
    """How far one application is."""

    id: str
    serial: str
    title: str
    state: str
    outcome: str
    fresh: bool  # decided within the days that this is remembered


class NotReady(DomainError):
    """The application is not whole; `problems` tells the citizen what to mend."""

    code = "BIRTH_NOT_READY"
    status = 422
    text = "{problems}"


def papers(found: Preparation) -> list[Paper]:
    """Return the papers that are needed for certain."""
    return [
        Paper(each.kind, each.name, each.settled or not each.required, PROMISE in each.ways)
        for each in found.materials
    ]


def check(found: Preparation, promises: list[str]) -> None:
    """Check that an application may be handed in.

    Raises: NotReady.
    """
    missing = [
        each for each in papers(found) if not each.settled and not (each.promise and each.kind in promises)
    ]
    problems = [problem.text for problem in found.problems]
    problems += [f"还缺“{each.title}”" for each in missing]
    if problems:
        raise NotReady(problems="；".join(problems))


def told(case: Case) -> str:
    """Return what the citizen reads in his messages once his application is handed in."""
    return f"办件编号 {case.number}。办理结果出来后，可以在“出生登记”里查看。"
