"""Acts in plain words: what a row of the audit means to the person it is about, and what allowed it.

Source: 个人信息保护法 Art. 13 (on what ground), 17 and 48 (in plain words), 34 and 35 (organs of the state).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from identity.roles import Role


class Use(StrEnum):
    """On what ground somebody touched the data."""

    OWN = "own"  # oneself
    MANDATE = "mandate"  # somebody one lets act, or the law does
    CONSENT = "consent"  # a mini-app or client, by a consent that can be withdrawn
    STATUTORY = "statutory"  # staff, because the law says so: one may object
    PLATFORM = "platform"  # the platform by itself, to do what was asked of it


@dataclass(frozen=True)
class Family:
    """Acts of one kind."""

    title: str  # what is said when an act has no words of its own
    law: str  # what allows it
    kept: str  # for how long its traces are kept


LOGS = "网络日志至少留存六个月，审计记录不删除，只保留编号"
FILES = "随办件档案保存，期限依照档案管理的规定"
UNTIL_ENDED = "到您撤回或者终止为止，留痕不删除"

FAMILIES: Mapping[str, Family] = {
    "session": Family("登录和会话", "《中华人民共和国网络安全法》关于核验身份、留存网络日志的规定", LOGS),
    "passkey": Family("通行密钥", "《中华人民共和国网络安全法》关于保护账号安全的规定", LOGS),
    "network_identity": Family("网络身份", "《国家网络身份认证公共服务管理办法》", LOGS),
    "device": Family("登录设备", "《中华人民共和国网络安全法》关于保护账号安全的规定", LOGS),
    "person": Family("实名信息", "《中华人民共和国个人信息保护法》第八条、第十三条", LOGS),
    "level": Family("实名等级", "《中华人民共和国个人信息保护法》第八条、第十三条", LOGS),
    "number": Family("证件号码解锁", "《中华人民共和国网络安全法》关于保护账号安全的规定", LOGS),
    "firm": Family("单位登记信息", "《中华人民共和国市场主体登记管理条例》", FILES),
    "case": Family("办件", "《中华人民共和国行政许可法》；《国务院关于在线政务服务的若干规定》", FILES),
    "commitment": Family("告知承诺", "国务院办公厅关于全面推行告知承诺制的指导意见", FILES),
    "material": Family("材料", "《国务院关于在线政务服务的若干规定》第十条、第十二条", FILES),
    "certificate": Family("电子证照", "《国务院关于在线政务服务的若干规定》第十条", FILES),
    "visit": Family("跑动登记", "《浙江省保障“最多跑一次”改革规定》", FILES),
    "verdict": Family("跑动结论", "《浙江省保障“最多跑一次”改革规定》", FILES),
    "trip": Family("跑动结论", "《浙江省保障“最多跑一次”改革规定》", FILES),
    "consent": Family("同意", "《中华人民共和国个人信息保护法》第十三条第一项、第十五条", UNTIL_ENDED),
    "claims": Family("向应用提供信息", "《中华人民共和国个人信息保护法》第十三条、第二十三条", UNTIL_ENDED),
    "notice": Family("消息", "《中华人民共和国个人信息保护法》第十三条第一项", UNTIL_ENDED),
    "app": Family("应用", "《中华人民共和国个人信息保护法》第十三条第一项", UNTIL_ENDED),
    "oidc": Family("统一登录", "《中华人民共和国个人信息保护法》第十三条第一项", UNTIL_ENDED),
    "wire": Family("老应用统一登录", "《中华人民共和国个人信息保护法》第十三条第一项", UNTIL_ENDED),
    "claim": Family("向应用提供信息", "《中华人民共和国个人信息保护法》第十三条、第二十三条", UNTIL_ENDED),
    "client": Family("接入登记", "《中华人民共和国网络安全法》", LOGS),
    "mandate": Family("委托", "《中华人民共和国民法典》第一百六十一条至第一百七十五条", UNTIL_ENDED),
    "nod": Family("委托确认", "《中华人民共和国民法典》第一百六十一条至第一百七十五条", UNTIL_ENDED),
    "guardian": Family("监护", "《中华人民共和国民法典》第二十六条至第三十九条", UNTIL_ENDED),
    "team": Family("开发团队", "《中华人民共和国个人信息保护法》第十三条", UNTIL_ENDED),
    "post": Family("任职", "《中华人民共和国公务员法》及本单位的任职文件", LOGS),
    "staff": Family("工作人员登录", "《中华人民共和国网络安全法》", LOGS),
    "key": Family("密钥", "《中华人民共和国密码法》", LOGS),
    "job": Family("系统运行", "《中华人民共和国网络安全法》", LOGS),
    "access": Family("对查阅提出的异议", "《中华人民共和国个人信息保护法》第四十四条、第五十条", FILES),
    "party": Family("个人信息权利", "《中华人民共和国个人信息保护法》第四十五条、第四十七条", LOGS),
    "audit": Family("审计查阅", "《中华人民共和国个人信息保护法》第五十四条", LOGS),
    "review": Family("应用审核", "《中华人民共和国个人信息保护法》第十三条", LOGS),
    "agreement": Family("应用接入责任书", "《中华人民共和国个人信息保护法》第二十条、第二十一条", FILES),
    "credential": Family("应用接口密钥", "《中华人民共和国网络安全法》", LOGS),
    "webhook": Family("应用消息推送", "《中华人民共和国个人信息保护法》第十三条第一项", LOGS),
    "upstream": Family("应用后台地址", "《中华人民共和国网络安全法》", LOGS),
    "quota": Family("应用调用限额", "《中华人民共和国网络安全法》", LOGS),
    "data": Family("应用答复个人信息请求", "《中华人民共和国个人信息保护法》第四十五条、第四十七条", FILES),
    "shelf": Family("应用目录", "《国务院关于在线政务服务的若干规定》", LOGS),
    "rating": Family("对应用的评价", "《中华人民共和国个人信息保护法》第十三条第一项", UNTIL_ENDED),
    "complaint": Family("对应用的投诉", "《中华人民共和国个人信息保护法》第十三条第一项", UNTIL_ENDED),
    "tester": Family("体验官", "《中华人民共和国个人信息保护法》第十三条第一项", UNTIL_ENDED),
    "defect": Family("应用缺陷报告", "《中华人民共和国个人信息保护法》第十三条第一项", UNTIL_ENDED),
    "item": Family("事项", "《国务院关于在线政务服务的若干规定》", FILES),
    "calendar": Family("工作日", "《全国年节及纪念日放假办法》", FILES),
}  # fmt: skip
"""By the first word of an act."""

TITLES: Mapping[str, str] = {
    "session.open": "登录", "session.refuse": "登录被拒绝", "session.revoke": "结束一次登录",
    "session.revoke_all": "结束其他登录", "session.act_as": "切换办事身份", "session.step_up": "再次核验身份",
    "session.name": "给设备命名",
    "case.read": "查看办件", "case.list.read": "查看办件列表",
    "case.submit": "提交申请", "case.accept": "受理",
    "case.decline": "不予受理", "case.decide": "作出决定", "case.complete": "办结", "case.deliver": "送达",
    "case.withdraw": "撤回申请", "case.ask_correction": "要求补正", "case.answer_correction": "补正",
    "case.overdue": "期限届满提醒", "case.forward": "转送上级", "case.void": "作废",
    "material.read": "查看材料文件", "material.use": "在办件中使用材料", "material.upload": "上传材料",
    "material.remove": "移除材料", "material.verify": "核对原件", "certificate.read": "查看电子证照",
    "certificate.issue": "颁发电子证照", "visit.read": "查看跑动记录", "visit.record": "登记跑动",
    "verdict.read": "查看跑动结论", "consent.grant": "同意应用使用信息", "consent.withdraw": "撤回同意",
    "consent.refuse": "不同意应用使用信息", "claims.release": "向应用提供信息",
    "claim.release": "向应用提供信息", "app.open": "打开应用",
    "app.exchange": "应用为替您办理取得临时凭证",
    "access.object": "对查阅提出异议", "access.answer": "答复异议", "access.objection.read": "查看异议",
    "party.export": "导出个人信息", "party.export.read": "下载个人信息", "party.erase": "注销账号",
    "audit.search": "查阅审计记录",
    "post.appoint": "任职", "post.read": "查看任职", "post.end": "免职", "number.unlock": "解除锁定",
    "key.rotate": "更换密钥", "job.replay": "重新运行后台任务", "wire.sign_in": "登录老应用",
    "wire.redeem": "向老应用提供信息", "wire.refuse": "拒绝老应用无效的登录凭证",
    "wire.replay": "拒绝了重复使用的登录凭证", "wire.repeat": "老应用再次使用同一登录签名",
    "session.qr_approve": "同意另一台设备扫码登录", "session.qr_refuse": "拒绝另一台设备扫码登录",
    "passkey.add": "添加通行密钥", "passkey.rename": "给通行密钥改名", "passkey.remove": "删除通行密钥",
    "network_identity.link": "关联网络身份", "network_identity.unlink": "解除网络身份关联",
    "mandate.propose": "发起代办委托", "mandate.accept": "接受代办委托", "mandate.refuse": "没有接受代办委托",
    "mandate.revoke": "结束代办委托", "mandate.end": "终止代办委托", "mandate.expire": "代办委托到期",
    "mandate.ask_nod": "请您对代办的一件事点头", "mandate.nod_accepted": "同意代办的一件事",
    "mandate.nod_refused": "不同意代办的一件事",
    "notice.send": "应用给您发送消息", "notice.mute": "不再接收应用的消息",
    "notice.unmute": "重新接收应用的消息",
    "app.rate": "评价应用", "app.unrate": "撤回对应用的评价", "app.complain": "投诉应用",
    "app.keep": "应用为您保存内容", "app.remove": "应用删除为您保存的内容",
    "app.clear": "删除应用为您保存的全部内容",
    "rating.comment.read": "查看等待审核的评价", "rating.show": "公开评价内容",
    "rating.refuse": "评价内容未通过审核",
    "complaint.read": "查看对应用的投诉", "complaint.answer": "答复对应用的投诉",
    "tester.appoint": "聘为体验官", "tester.dismiss": "解聘体验官", "tester.read": "查看体验官名单",
    "tester.assign": "请体验官试用应用", "tester.unassign": "结束体验官试用",
    "defect.report": "提交应用缺陷", "defect.read": "查看应用缺陷", "defect.reply": "回复应用缺陷",
    "defect.confirmed": "确认应用缺陷", "defect.fixing": "开始修复应用缺陷", "defect.fixed": "修复应用缺陷",
    "defect.closed": "关闭应用缺陷", "defect.duplicate": "标记重复的应用缺陷",
    "defect.not_a_defect": "认定不是应用缺陷", "defect.new": "重新打开应用缺陷",
}  # fmt: skip

NOT_STAFF = frozenset({Role.CITIZEN, Role.SERVICE})
UNKNOWN = Family("一项操作", "《中华人民共和国个人信息保护法》第十三条", LOGS)


def family_of(act: str) -> Family:
    """Return the kind of an act, by its first word."""
    return FAMILIES.get(act.partition(".")[0], UNKNOWN)


def title_of(act: str) -> str:
    """Return what a person reads for an act."""
    return TITLES.get(act) or family_of(act).title


def use_of(*, own: bool, app_id: str | None, delegated: bool, roles: Collection[str]) -> Use:
    """Return the ground of one row."""
    if app_id is not None:
        return Use.CONSENT
    if not frozenset(roles) <= NOT_STAFF:
        return Use.STATUTORY
    if own:
        return Use.OWN
    return Use.MANDATE if delegated else Use.PLATFORM
