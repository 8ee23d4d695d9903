"""Lanes and limits of reviews, what people look at, and what a refusal must say.  No I/O, no clock."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from enum import StrEnum

import msgspec

from banshi import gate
from banshi.findings import Finding, Severity
from miniapps.review.errors import ReasonsNeeded


class LookState(StrEnum):
    """How far the machine is with a version."""

    RUNNING = "running"
    WAITING = "waiting"  # there is no browser; it tries again
    DONE = "done"


class ReviewState(StrEnum):
    """How far people are with a version."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    APPROVED = "approved"
    REFUSED = "refused"
    CLOSED = "closed"  # withdrawn, or decided otherwise


class Lane(StrEnum):
    """How soon; in the order of the queue, which is that of the alphabet."""

    EMERGENCY = "emergency"  # 应急通道
    NORMAL = "normal"


DAYS: Mapping[Lane, int] = {Lane.EMERGENCY: 1, Lane.NORMAL: 3}
"""Working days from the day after a version was queued (行政许可法 Art. 82 counts so)."""

LEASE = timedelta(minutes=45)  # of a claim; claiming again makes it longer
PROMISED = timedelta(minutes=3)  # from being handed in to the verdict of the machine; then it is late
SOON = timedelta(seconds=10)  # until a version is tried again that found all places of a process taken
AGAIN = timedelta(minutes=10)  # between two tries of the machine where there is no browser, or no package
LOST = timedelta(minutes=20)  # after so long nobody looks any more, whatever became of the job
MOST_AT_ONCE = 3  # looks of one process: one is under way, the others wait for their turn
MOST_TRIES = 6  # of the machine at pages that break the looking itself; then they go back
MOST_ROUNDS = 2  # the first, and one after an appeal
MOST_KEPT = 300  # findings of one look
MOST_REASONS = 20
SHORTEST, LONGEST = 5, 1000  # characters of what is wrong, and where

BY_PEOPLE: Mapping[str, str] = {
    "house.name": "名称与服务内容相符，首页写明提供单位和客服电话",
    "house.login": "不设自己的登录、注册、实名或人脸认证",
    "house.fees": "收费走统一公共支付，寄送走统一物流，办件进入用户中心",
    "house.data": "索取的信息与用途相符，理由能让老百姓看懂",
    "house.devices": "各种机型和系统版本上都能用，定位准确",
    "house.words": "文字通俗、准确，没有错别字和外文术语",
    "house.elder": "长辈版能办完全程，没有广告和诱导下载",
    "house.content": "没有广告、诱导、违法或者与服务无关的内容",
    "house.links": "不链入也不链出第三方聚合平台",
    "house.flow": "按说明能从头办到尾，失败时说清怎么办",
}
"""What people look at besides the rules of the gate (浙里办服务上架审核要求): id → what is asked."""


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """Why a version is refused: a rule, what is wrong, where that is to be seen, and a picture of it."""

    rule: str  # of the gate, or of BY_PEOPLE
    problem: str
    evidence: str  # page and steps
    shot: str = ""  # the name of a picture of the version


def title_of(rule: str) -> str:
    """Return what a rule asks."""
    known = gate.RULES.get(rule)
    return known.title if known else BY_PEOPLE[rule]


def check_reasons(reasons: Sequence[Reason], shots: Collection[str]) -> None:
    """Refuse a refusal that does not cite rule and evidence; `shots` are the pictures of the version.

    Raises: ReasonsNeeded.
    """
    if not 1 <= len(reasons) <= MOST_REASONS:
        raise ReasonsNeeded(at=0, problem=f"give 1 to {MOST_REASONS} reasons")
    for at, reason in enumerate(reasons):
        if reason.rule not in gate.RULES and reason.rule not in BY_PEOPLE:
            raise ReasonsNeeded(at=at, problem="rule: name one that there is")
        for name, words in (("problem", reason.problem), ("evidence", reason.evidence)):
            if not SHORTEST <= len(words.strip()) <= LONGEST:
                raise ReasonsNeeded(at=at, problem=f"{name}: {SHORTEST} to {LONGEST} characters")
        if reason.shot and reason.shot not in shots:
            raise ReasonsNeeded(at=at, problem="shot: name a picture of this version")


def in_words(reasons: Iterable[Reason]) -> str:
    """Return reasons as text, a line each."""
    return "\n".join(f"{each.rule}: {each.problem.strip()} ({each.evidence.strip()})" for each in reasons)


def against(findings: Iterable[Finding]) -> str:
    """Return in a few lines what the machine refuses a version for."""
    refused = [each for each in findings if each.severity is Severity.REFUSE]
    lines = [each.show() for each in refused[:10]]
    return "\n".join([*lines, f"… {len(refused) - 10} more"] if len(refused) > 10 else lines)
