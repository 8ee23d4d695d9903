"""What an audit row says in plain words: which act, on what, and who did it."""

from collections.abc import Mapping
from typing import Final

ACTS: Final[Mapping[str, str]] = {
    "session.open": "登录",
    "session.step_up": "再次核验身份",
    "session.act_as": "更换办理身份",
    "session.revoke": "退出一台设备的登录",
    "session.revoke_all": "退出其他设备的登录",
    "session.name": "给设备起名",
    "session.qr_approve": "同意另一台设备扫码登录",
    "session.qr_refuse": "拒绝另一台设备扫码登录",
    "session.refuse": "登录没有成功",
    "consent.grant": "同意应用使用信息",
    "consent.refuse": "不同意应用使用信息",
    "consent.withdraw": "撤回对应用的授权",
    "app.open": "打开应用",
    "material.use": "在办件中使用材料",
    "material.upload": "上传材料",
    "material.verify": "核验材料",
    "material.remove": "删除材料",
    "certificate.issue": "签发证照",
    "certificate.revoke": "撤销证照",
    "visit.record": "记录一次跑动",
    "passkey.add": "添加通行密钥",
    "passkey.remove": "删除通行密钥",
    "passkey.rename": "给通行密钥改名",
    "network_identity.link": "关联网络身份",
    "network_identity.unlink": "解除网络身份关联",
    "wire.sign_in": "登录旧版应用",
    "wire.redeem": "旧版应用确认登录",
    "wire.refuse": "拒绝了无权使用登录凭证的应用",
    "wire.replay": "拒绝了重复使用的登录凭证",
    "mandate.accept": "接受代办委托",
    "mandate.refuse": "没有接受代办委托",
    "mandate.revoke": "结束代办委托",
    "mandate.end": "终止代办委托",
    "mandate.expire": "代办委托到期",
    "mandate.ask_nod": "请您对代办的一件事点头",
    "mandate.nod_accepted": "同意代办的一件事",
    "mandate.nod_refused": "不同意代办的一件事",
    "claim.release": "向应用提供身份信息",
    "person.export": "导出个人信息",
    "person.erase": "注销账户",
    "person.rise": "提高实名等级",
    "person.lower_level": "降低实名等级",
}
NOUNS: Final[Mapping[str, str]] = {
    "case": "办件",
    "material": "材料",
    "certificate": "证照",
    "session": "登录记录",
    "consent": "授权",
    "visit": "跑动记录",
    "verdict": "跑动结论",
    "person": "身份信息",
    "mandate": "代办委托",
    "nod": "代办确认",
    "claim": "身份信息",
    "claims": "身份信息",
    "notice": "消息",
    "commitment": "告知承诺",
    "passkey": "通行密钥",
    "firm": "企业信息",
}
VERBS: Final[Mapping[str, str]] = {
    "read": "查看",
    "release": "提供给应用",
    "use": "使用",
    "submit": "提交",
    "accept": "受理",
    "decide": "作出决定：",
    "propose": "发起",
    "refuse": "拒绝",
    "revoke": "撤销",
    "grant": "同意",
    "end": "结束",
}


def told(act: str) -> str:
    """Return an act such as `case.read` as a citizen says it; one that is new is told by its noun."""
    if act in ACTS:
        return ACTS[act]
    noun, _, verb = act.partition(".")
    return f"{VERBS.get(verb, '处理')}{NOUNS.get(noun, '您的信息')}"
