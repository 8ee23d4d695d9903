"""What the shelf refuses.

DomainError
├── ShelfRefused         422  a draft does not hold together; `problems` lists why
├── ShelfDraftChanged    409  somebody else changed the draft meanwhile
├── ShelfNothingDrafted  409  there is no draft to publish
├── EditionNotFound      404  no edition of this number
├── RatingNotOpened      409  who rates has not opened the mini-app
├── RatingNotFound       404  no comment that waits under this id
├── ComplaintNotFound    404  no such complaint that you may see
├── NotATester         403  only a tester of the region reports defects
├── NoSuchTester       404  no such tester
├── DefectOwnApp         403  a tester does not report on what he builds himself
├── DefectNotFound       404  no such defect that you may see
└── DefectMoveRefused    409  the defect's state does not allow this, or not to you
"""

from collections.abc import Sequence
from typing import Any

from banshi.errors import DomainError


class ShelfRefused(DomainError):
    """The shelf as changed would not hold together; `problems` says all that is wrong, in Chinese."""

    code = "SHELF_REFUSED"
    status = 422
    text = "目录有 {count} 处需要改正：{first}"

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(count=len(problems), first=problems[0])
        self.problems = list(problems)

    @property
    def extensions(self) -> dict[str, Any]:
        """`{code, data, problems}`."""
        return {**super().extensions, "problems": self.problems}


class ShelfDraftChanged(DomainError):
    """Somebody changed the draft since it was read: read it again, then change or publish."""

    code = "SHELF_DRAFT_CHANGED"
    text = "草稿已经被别人修改，请刷新后再试。"


class ShelfNothingDrafted(DomainError):
    """There is no draft."""

    code = "SHELF_NOTHING_DRAFTED"
    text = "没有可以发布的草稿。"


class EditionNotFound(DomainError):
    """No edition has this number."""

    code = "SHELF_EDITION_NOT_FOUND"
    status = 404
    text = "没有第 {number} 版目录。"


class RatingNotOpened(DomainError):
    """Only who has opened a mini-app within half a year rates it, or complains of it."""

    code = "RATING_NOT_OPENED"
    text = "请先使用这个应用，再评价或者反映问题。"


class RatingNotFound(DomainError):
    """No comment with this id waits for an operator, or no rating of yours."""

    code = "RATING_NOT_FOUND"
    status = 404
    text = "没有找到这条评价。"


class ComplaintNotFound(DomainError):
    """No such complaint, or somebody else's."""

    code = "COMPLAINT_NOT_FOUND"
    status = 404
    text = "没有找到这条投诉。"


class NotATester(DomainError):
    """Defects are reported by testers whose time has not ended."""

    code = "TESTER_NEEDED"
    status = 403
    text = "只有聘期内的体验官可以提交缺陷报告。"


class NoSuchTester(DomainError):
    """No such tester, or his time has ended."""

    code = "TESTER_NOT_FOUND"
    status = 404
    text = "没有找到这位体验官。"


class DefectOwnApp(DomainError):
    """Who belongs to the team of a mini-app does not report on it as a tester."""

    code = "DEFECT_OWN_APP"
    status = 403
    text = "您是这个应用的开发团队成员，请由其他体验官提交。"


class DefectNotFound(DomainError):
    """No such defect, or not one you may see."""

    code = "DEFECT_NOT_FOUND"
    status = 404
    text = "没有找到这个缺陷。"


class DefectMoveRefused(DomainError):
    """The defect's state does not lead there, or another side moves it."""

    code = "DEFECT_MOVE_REFUSED"
    text = "A {now} defect cannot become {to} by you."
