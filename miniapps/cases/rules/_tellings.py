"""What the applicant is told at each step, in plain Chinese."""

from collections.abc import Mapping
from dataclasses import dataclass

from miniapps.cases.rules._states import Verb
from miniapps.cases.rules._words import Clock, Decline, Outcome

REVIEW = "如不服本决定，可以自收到决定之日起六十日内依法申请行政复议。"
"""Source: 行政复议法 Art. 20."""
LITIGATION = "也可以自收到决定之日起六个月内依法向人民法院提起行政诉讼。"
"""Source: 行政诉讼法 Art. 46."""


@dataclass(frozen=True)
class Telling:
    """A notice: heading and words."""

    title: str
    body: str


TELLINGS: Mapping[Verb, Telling] = {
    Verb.SUBMIT: Telling("申请已收件", "您的“{item}”申请已收件，办件编号{number}。{reason}"),
    Verb.ASK_CORRECTION: Telling(
        "请补正材料", "您的“{item}”申请（编号{number}）需要一次性补正以下内容：{reason}。"
    ),
    Verb.ANSWER_CORRECTION: Telling("补正材料已收到", "您的“{item}”申请（编号{number}）补正材料已收到。"),
    Verb.ACCEPT: Telling("申请已受理", "您的“{item}”申请（编号{number}）已受理。{reason}"),
    Verb.PAUSE: Telling(
        "办理时限暂停",
        "您的“{item}”申请（编号{number}）需要依法进行特别程序，所需时间不计入办理时限：{reason}",
    ),
    Verb.RESUME: Telling(
        "办理时限恢复",
        "您的“{item}”申请（编号{number}）特别程序已结束，办理时限继续计算。",
    ),
    Verb.EXTEND: Telling(
        "办理期限延长",
        "您的“{item}”申请（编号{number}）经批准延长办理期限，理由：{reason}",
    ),
    Verb.COMPLETE: Telling("申请已办结", "您的“{item}”申请（编号{number}）已办结。"),
    Verb.DELIVER: Telling("结果已送达", "您的“{item}”申请（编号{number}）的办理结果已送达。"),
    Verb.WITHDRAW: Telling("申请已撤回", "您的“{item}”申请（编号{number}）已撤回。"),
    Verb.VOID: Telling("办件已作废办结", "您的“{item}”申请（编号{number}）已作废办结，理由：{reason}"),
    Verb.FORWARD: Telling("办件已转报", "您的“{item}”申请（编号{number}）已转报{organ}办理，理由：{reason}"),
}
"""Declining and deciding have words of their own, by their kind."""

DECLINED: Mapping[Decline, Telling] = {
    Decline.NOT_REQUIRED: Telling(
        "申请不受理", "您的“{item}”申请（编号{number}）所涉事项依法不需要办理许可或审批：{reason}"
    ),
    Decline.WRONG_ORGAN: Telling(
        "申请不予受理", "您的“{item}”申请（编号{number}）不属于本机关职权范围，请向{organ}申请：{reason}"
    ),
    Decline.RETURNED: Telling("申请已退件", "您的“{item}”申请（编号{number}）已退件，理由：{reason}"),
}

DECIDED: Mapping[Outcome, Telling] = {
    Outcome.GRANTED: Telling("申请已准予", "您的“{item}”申请（编号{number}）已准予。{reason}"),
    Outcome.REFUSED: Telling(
        "申请未获准予",
        "您的“{item}”申请（编号{number}）未获准予，理由：{reason}{remedy}",
    ),
}

CLOCKS: Mapping[Clock, str] = {
    Clock.ACCEPTANCE: "受理期限",
    Clock.PROMISED: "承诺期限",
    Clock.STATUTORY: "法定期限",
    Clock.DELIVERY: "送达期限",
}

OVERDUE = Telling(
    "办件超期提醒",
    "“{item}”申请（编号{number}）已超过{clock}（{due_on}），请向办理部门了解情况。",
)
OVERDUE_AT_DESK = Telling(
    "办件超期预警",
    "“{item}”办件（编号{number}）已超过{clock}（{due_on}），请尽快办理。",
)
PAPER_DUE = Telling(
    "容缺材料到期提醒", "您的“{item}”申请（编号{number}）承诺后补的“{paper}”已到期，请尽快补交。"
)


def fill(telling: Telling, words: Mapping[str, str]) -> Telling:
    """Return the telling with its blanks filled."""
    return Telling(telling.title, telling.body.format(**words))
