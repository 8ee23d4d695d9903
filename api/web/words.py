"""What states are called on the pages of work, and with which mark each stands out."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from banshi.findings import Severity
from miniapps.catalog.rules import AppState, VersionState
from miniapps.release.rules.rising import Stage
from miniapps.release.rules.steps import StepKind
from miniapps.review.rules import Lane, LookState, ReviewState
from miniapps.shelf.rules import DefectState, Side
from miniapps.shelf.rules import Severity as Harm


class Called(NamedTuple):
    """The word for a state, and the mark beside it: "", "off", "warn" or "bad"."""

    word: str
    mark: str = ""


APP_STATES: Final[Mapping[str, Called]] = {
    AppState.NEW: Called("未上架", "off"),
    AppState.LISTED: Called("已上架"),
    AppState.DELISTED: Called("已下架", "off"),
    AppState.SUSPENDED: Called("已停用", "bad"),
}
VERSION_STATES: Final[Mapping[str, Called]] = {
    VersionState.SUBMITTED: Called("机器检查中", "warn"),
    VersionState.QUEUED: Called("等待人工审核", "warn"),
    VersionState.APPROVED: Called("审核通过"),
    VersionState.REFUSED: Called("未通过", "bad"),
    VersionState.WITHDRAWN: Called("已撤回", "off"),
}
LOOK_STATES: Final[Mapping[str, Called]] = {
    LookState.RUNNING: Called("正在检查", "warn"),
    LookState.WAITING: Called("等待重新检查", "warn"),
    LookState.DONE: Called("已检查"),
}
FINDINGS: Final[Mapping[str, Called]] = {
    Severity.REFUSE: Called("不能通过", "bad"),
    Severity.WARN: Called("提醒", "warn"),
}
REVIEW_STATES: Final[Mapping[str, Called]] = {
    ReviewState.WAITING: Called("等待领取", "warn"),
    ReviewState.CLAIMED: Called("正在审核", "warn"),
    ReviewState.APPROVED: Called("已通过"),
    ReviewState.REFUSED: Called("已退回", "bad"),
    ReviewState.CLOSED: Called("已撤回", "off"),
}
LANES: Final[Mapping[str, Called]] = {
    Lane.EMERGENCY: Called("应急通道", "bad"),
    Lane.NORMAL: Called("普通", "off"),
}
STAGES: Final[Mapping[str, Called]] = {
    Stage.NONE: Called("没有新版本在试用", "off"),
    Stage.TESTERS: Called("团队和体验官试用", "warn"),
    Stage.PERCENT: Called("按比例发布", "warn"),
    Stage.REGIONS: Called("按地区发布", "warn"),
    Stage.EVERYONE: Called("已发布给所有人"),
    Stage.HALTED: Called("已停止发布", "bad"),
}
STEPS: Final[Mapping[str, Called]] = {
    StepKind.PROMOTE: Called("扩大发布"),
    StepKind.ROLL_BACK: Called("回滚", "warn"),
    StepKind.HALT: Called("自动停止", "bad"),
    StepKind.KILL: Called("停用版本", "bad"),
    StepKind.REVIVE: Called("恢复版本", "off"),
}
PROBLEMS: Final[Mapping[str, str]] = {
    "call_errors": "接口出错太多",
    "page_errors": "页面出错太多",
    "complaints": "投诉太多",
    "consents_refused": "很多人不同意授权",
    "slow_calls": "接口太慢",
    "webhook_off": "消息推送已停止",
    "data_unanswered": "有用户的个人信息请求没有答复",
    "calls_held": "接口连续出错，暂停调用",
    "answers_unfit": "接口的回答与清单不符",
}
"""What the platform noticed, by key."""
DELIVERY_STATES: Final[Mapping[str, Called]] = {
    "waiting": Called("等待推送", "warn"),
    "delivered": Called("已送达"),
    "dead": Called("没有送达", "bad"),
}
WANTS: Final[Mapping[str, str]] = {"copy": "查阅个人信息", "erase": "删除个人信息（已注销）"}
TRY_PROBLEMS: Final[Mapping[str, str]] = {
    "silent": "没有回答", "refused": "地址不在公网上，没有推送", "cut": "三秒内没有回答，稍后会再等久一些",
}  # fmt: skip
NEWS: Final[Mapping[str, str]] = {
    "case.submitted": "申请已收件",
    "case.supplement_asked": "请补正材料",
    "case.declined": "申请未受理",
    "case.accepted": "申请已受理",
    "case.decided": "申请已有决定",
    "case.completed": "申请已办结",
    "case.delivered": "结果已送达",
    "case.withdrawn": "申请已撤回",
    "case.closed": "申请已结束",
    "materials.handed_over": "材料已提交",
    "consent.granted": "用户同意授权",
    "consent.withdrawn": "用户撤回授权",
    "data.requested": "用户要求查阅个人信息",
    "data.erased": "用户注销，请删除个人信息",
    "release.approved": "版本审核通过",
    "release.promoted": "版本扩大发布",
    "release.rolled_back": "版本已回滚",
    "release.halted": "版本自动停止发布",
    "release.killed": "版本已停用",
}
"""What mini-apps are told, by type (`banshi.events`)."""
DEFECT_STATES: Final[Mapping[str, Called]] = {
    DefectState.NEW: Called("待确认", "warn"),
    DefectState.CONFIRMED: Called("已确认", "bad"),
    DefectState.FIXING: Called("修复中", "warn"),
    DefectState.FIXED: Called("已修复，待核对", "warn"),
    DefectState.CLOSED: Called("已关闭"),
    DefectState.DUPLICATE: Called("重复", "off"),
    DefectState.NOT_A_DEFECT: Called("不是缺陷", "off"),
}
HARMS: Final[Mapping[str, Called]] = {
    Harm.BLOCKER: Called("无法办理", "bad"),
    Harm.MAJOR: Called("严重", "bad"),
    Harm.MINOR: Called("一般", "warn"),
    Harm.TRIVIAL: Called("轻微", "off"),
}
"""How bad a defect is."""
SIDES: Final[Mapping[str, str]] = {Side.TESTER: "体验官", Side.TEAM: "开发团队", Side.OPERATOR: "运营人员"}
STEPS_UP: Final[Mapping[str, str]] = {
    Stage.TESTERS: "团队成员和体验官",
    Stage.PERCENT: "一部分用户",
    Stage.REGIONS: "一些地区的用户",
    Stage.EVERYONE: "所有用户",
}
"""To whom a version is given, in order."""
