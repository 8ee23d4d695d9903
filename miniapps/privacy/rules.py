"""What a copy holds and how long it stays: pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

EVERY = timedelta(days=1)  # at most one copy
STAYS = timedelta(days=1)  # for so long it can be fetched
FRESH = timedelta(minutes=10)  # since he proved who he is, to ask for it, to fetch it, to erase himself
LEVEL = 3
LINK_SECONDS = 60
CONFIRMATION = "注销"  # what he types, so that nobody erases himself by a slip


class ExportState(StrEnum):
    """How a copy stands."""

    ASKED = "asked"
    BUILDING = "building"
    READY = "ready"
    OVER = "over"  # its bytes are gone


@dataclass(frozen=True)
class Part:
    """One table in the copy; sealed columns are in it only if `service._opening` opens them."""

    folder: str
    title: str  # what the person reads


PARTS: Mapping[str, Part] = {
    "person_level": Part("account", "实名等级变化"),
    "session": Part("account", "登录记录"),
    "known_device": Part("account", "登录过的设备"),
    "passkey": Part("account", "通行密钥"),
    "network_identity": Part("account", "网络身份"),
    "staff_post": Part("account", "任职"),
    "team_member": Part("account", "开发团队成员"),
    "consent": Part("consents", "对应用的同意"),
    "oidc_grant": Part("consents", "通过统一登录给出的授权"),
    "mandate": Part("mandates", "委托"),
    "mandate_nod": Part("mandates", "委托中的逐项确认"),
    "material": Part("materials", "材料"),
    "material_version": Part("materials", "材料版本"),
    "material_upload": Part("materials", "上传记录"),
    "material_use": Part("materials", "材料使用记录"),
    "vault_object": Part("materials", "材料文件"),
    "certificate": Part("materials", "电子证照"),
    "case_file": Part("cases", "办件"),
    "case_material": Part("cases", "办件材料"),
    "case_clock": Part("cases", "办件期限"),
    "case_stop": Part("cases", "期限中止"),
    "case_correction": Part("cases", "补正"),
    "case_decision": Part("cases", "决定"),
    "case_event": Part("cases", "办件经过"),
    "commitment_bar": Part("cases", "告知承诺限制"),
    "visit": Part("trips", "跑动"),
    "trip_verdict": Part("trips", "跑动结论"),
    "trip_verdict_reason": Part("trips", "跑动结论的依据"),
    "trip_answer": Part("trips", "您对跑动结论的答复"),
    "notice": Part("notices", "消息"),
    "app_mute": Part("notices", "不接收消息的应用"),
    "app_rating": Part("apps", "对应用的评价"),
    "app_complaint": Part("apps", "对应用的投诉"),
    "app_tester": Part("apps", "体验官聘期"),
    "app_trial": Part("apps", "作为体验官试用的应用"),
    "app_defect": Part("apps", "提交的应用缺陷"),
    "app_value": Part("apps", "应用为您保存的内容"),
    "audit_row": Part("accesses", "谁查看或者处理过我的信息"),
    "access_objection": Part("accesses", "对查阅的异议"),
    "data_export": Part("accesses", "个人信息导出记录"),
}
"""Every table of a party that the copy holds, by name, in the order of the index."""

LEFT_OUT: Mapping[str, str] = {
    "party_key": "keys, which open nothing outside",
    "outbox": "facts between our own programs, of what the other tables say",
    "dead_letter": "likewise, of work that failed",
    "app_token": "hashes of tokens that live ten minutes",
    "app_mark": "marks against telling the same thing twice; what was told is there",
    "app_pin": "which version of a mini-app a session opened; it goes with the session",
    "app_store_command": "marks against doing the same thing twice, of a day",
    "case_command": "marks against doing the same thing twice",
    "oidc_question": "a question under way, for minutes",
    "oidc_refresh": "hashes of tokens; the grant they belong to is there",
    "webhook_delivery": "what mini-apps were told lately of what the other tables say",
    "wire_pass": "hashes of tickets that live a minute",
}
"""Every other table with a party, and why it tells the person nothing."""
