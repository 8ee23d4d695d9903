"""Words for citizens: states of a case, its steps and clocks, how a paper is satisfied, how long it takes."""

from collections.abc import Mapping
from typing import Any, Final

from api.web.words import Called

STATES: Final[Mapping[str, Called]] = {
    "DRAFT": Called("没有提交", "off"),
    "SUBMITTED": Called("已收件，等待受理", "warn"),
    "CORRECTING": Called("需要您补正", "bad"),
    "DECLINED": Called("没有受理", "off"),
    "ACCEPTED": Called("已受理，办理中"),
    "REVIEWING": Called("审查中"),
    "PAUSED": Called("特别程序中，时限暂停", "warn"),
    "DECIDED": Called("已作决定"),
    "COMPLETED": Called("已办结"),
    "DELIVERED": Called("已送达"),
    "WITHDRAWN": Called("您已撤回", "off"),
    "VOIDED": Called("作废办结", "off"),
    "FORWARDED": Called("转报办结", "off"),
}
VERBS: Final[Mapping[str, str]] = {
    "SUBMIT": "您提交了申请",
    "ASK_CORRECTION": "要求补正",
    "ANSWER_CORRECTION": "您交了补正材料",
    "DECLINE": "没有受理",
    "ACCEPT": "已受理",
    "REVIEW": "开始审查",
    "HAND_PAPER": "收到后补的材料",
    "PAUSE": "进入特别程序，时限暂停",
    "RESUME": "特别程序结束，时限继续",
    "EXTEND": "延长办理期限",
    "DECIDE": "作出决定",
    "COMPLETE": "办结",
    "DELIVER": "结果送达",
    "WITHDRAW": "您撤回了申请",
    "VOID": "作废办结",
    "FORWARD": "转报办结",
}
CLOCKS: Final[Mapping[str, str]] = {
    "ACCEPTANCE": "受理期限", "PROMISED": "承诺办结", "STATUTORY": "法定办结", "DELIVERY": "送达期限",
}  # fmt: skip
WAYS: Final[Mapping[str, str]] = {
    "IDENTITY": "登录就是证明，不用交",
    "CERTIFICATE": "已有电子证照，不用交",
    "WALLET": "您以前交过，不用再交",
    "COMMITMENT": "用书面承诺代替",
    "TOLERATED": "先受理，以后补交",
    "UPLOAD": "上传",
    "PAPER": "交纸质原件",
}
"""How a paper is satisfied."""
DELIVERY: Final[Mapping[str, str]] = {
    "ELECTRONIC": "电子证照，存入证照材料",
    "POST": "邮寄到家",
    "WINDOW": "到窗口领取",
}
VERDICTS: Final[Mapping[str, str]] = {
    "ZERO": "一次没跑",
    "ONE": "跑了一次",
    "MANY": "跑了多次",
    "UNPROVEN": "还不能确定",
}
CERTIFICATES: Final[Mapping[str, Called]] = {
    "NORMAL": Called("有效"), "EXPIRED": Called("已过期", "off"), "REVOKED": Called("已作废", "bad"),
}  # fmt: skip
SOURCES: Final[Mapping[str, str]] = {
    "identity": "登录就是证明，不用交", "shared": "部门之间共享，一般不用交",
    "government": "政府部门发的证照", "applicant": "您自己准备", "third_party": "由其他单位出具",
}  # fmt: skip
SCOPES: Final[Mapping[str, str]] = {
    "county": "在本县（市、区）办",
    "city": "全市通办",
    "province": "全省通办",
    "nation": "全国通办",
}
UNITS: Final[Mapping[str, str]] = {"WORKDAY": "个工作日", "DAY": "天", "MONTH": "个月"}
TRUST: Final[Mapping[str, str]] = {
    "A": "政府部门产生", "B": "窗口核对过原件", "C": "您上传的", "D": "您的书面承诺",
}  # fmt: skip
MEDIA: Final[Mapping[str, str]] = {
    "application/pdf": "PDF",
    "image/jpeg": "JPEG 图片",
    "image/png": "PNG 图片",
}


def limit(given: Mapping[str, Any] | None) -> str:
    """Return a time limit as one says it."""
    if given is None:
        return "法律没有规定"
    return f"{given['count']} {UNITS[given['unit']]}" if given["count"] else "当场"


def trips(declared: int) -> str:
    """Return how often one must come in person."""
    return f"最多跑 {declared} 次" if declared else "一次都不用跑"


def yuan(fen: int) -> str:
    """Return money as it is read."""
    return f"{fen / 100:g} 元" if fen else "免费"
