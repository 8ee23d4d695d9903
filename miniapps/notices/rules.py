"""What a notice may say, in which words, and how long it is kept."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from banshi.notices import NUMBER
from storage.clock import SHANGHAI

KEPT = timedelta(days=730)
"""How long an inbox holds a notice (PIPL Art. 19).  It is a courtesy copy: the legal record is the case."""

KEPT_MARKS = timedelta(days=30)
"""How long it is remembered that a mini-app wrote: so long the same key tells nothing twice."""

SWEEP_EVERY = timedelta(days=1)
MOST_UNREAD = 100  # a badge says 99+, so nobody needs more counted
LONGEST_TITLE, LONGEST_BODY = 60, 1000  # characters
APP_WROTE = "app.wrote"  # the kind of what mini-apps write
APP_ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")  # a mini-app's, or a client's outside our catalogue


@dataclass(frozen=True)
class Text:
    """What a person reads: plain Chinese, no markup."""

    title: str
    body: str


TEMPLATES: Mapping[str, Text] = {
    "device.first_seen": Text(
        "您的账号在新设备上登录",
        "{at}，您的账号在“{device}”上登录。如果不是您本人，请马上在“我的账号—登录设备”里结束这次登录。",
    ),
    "passkey.added": Text(
        "您的账号添加了通行密钥",
        "{at}，您的账号添加了通行密钥“{name}”，以后可以用它登录。如果不是您本人，请马上在“我的账号”里移除它，"
        "并结束其他登录。",
    ),
    "passkey.removed": Text(
        "您的账号移除了通行密钥",
        "{at}，您的账号移除了一个通行密钥，它不能再用来登录。如果不是您本人，请马上结束其他登录。",
    ),
    "network_identity.linked": Text(
        "您的账号关联了网络身份",
        "{at}，您的账号关联了国家网络身份，以后可以用它登录。如果不是您本人，请马上解除关联，并结束其他登录。",
    ),
    "access.objected": Text(
        "有一项对查阅的异议等待答复",
        "有人对本单位工作人员查阅其信息提出异议，请在三十日内核实并说明理由，由查阅人以外的人员答复。",
    ),
    "access.answered": Text(
        "您的异议已经答复", "{at}，您对查阅提出的异议已经答复：{outcome}。理由请在“谁看过我的信息”里查看。"
    ),
    "privacy.export_ready": Text(
        "您的个人信息可以下载了", "您要求导出的个人信息已经准备好，请在一天之内下载。逾期请重新导出。"
    ),
    "review.approved": Text("小程序审核通过", "“{name}”{version} 版通过审核，可以发布。"),
    "review.refused": Text(
        "小程序审核没有通过",
        "“{name}”{version} 版没有通过审核，理由和截图请在开发者页面查看。有异议的，可以申请由另一人复审。",
    ),
    "review.overdue": Text(
        "小程序审核超期", "“{name}”{version} 版应当在{due_on}前审完，现在已经超期，我们已经催办。"
    ),
    "review.waits_for_you": Text(
        "有一个小程序审核已经超期", "“{name}”{version} 版应当在{due_on}前审完，请尽快处理。"
    ),
    "review.look_late": Text(
        "小程序的机器检查还没有结果",
        "“{name}”{version} 版提交超过三分钟，机器检查还没有结果，我们已经通知运营人员。"
        "平台会自动再试，您不用重新提交。",
    ),
    "review.looks_wait": Text(
        "小程序的机器检查超时",
        "“{name}”{version} 版等小程序提交超过三分钟，机器检查还没有结果。"
        "请在工作台总览里查看，并检查运行检查程序的服务器。",
    ),
    "app.release_halted": Text(
        "小程序“{name}”的新版本已自动停止发布",
        "{at}，版本 {version} 因{why}已自动停止发布，使用这一版本的人会回到上一版本。"
        "请查看发现的问题，修好后重新发布。",
    ),
    "webhook.turned_off": Text(
        "小程序“{name}”的消息推送已停止",
        "{at}，“{name}”的接收地址{why}，平台不再向它推送。没有送达的消息还在，请修复后重新登记地址。",
    ),
    "app.switched_off": Text(
        "小程序“{name}”已停用", "{at}，小程序“{name}”已由运营人员停用。给用户的说明：{notice}"
    ),
    "trip.zero": Text(
        "这次办事您跑了零次",
        "办件编号 {number} 已办完。根据记录，您一次都没有跑。如果您其实跑过，请告诉我们：我们会重新核对。",
    ),
    "trip.one": Text(
        "这次办事您跑了一次",
        "办件编号 {number} 已办完。根据记录，您跑了一次，原因是：{causes}。如果不对，请告诉我们。",
    ),
    "trip.many": Text(
        "这次办事您跑了 {visits} 次",
        "办件编号 {number} 已办完。根据记录，您跑了 {visits} 次，原因是：{causes}。如果不对，请告诉我们。",
    ),
    "trip.unproven": Text(
        "请告诉我们您跑了几次",
        "办件编号 {number} 已办完。现有记录还不能证明您一次都没有跑，请告诉我们您是否去过现场。",
    ),
    "mandate.proposed": Text(
        "有一项{kind}委托等您确认",
        "委托人：{principal}；代办人：{delegate}。同意以后，代办人才能办理。不清楚来由的，请选择拒绝。",
    ),
    "mandate.active": Text(
        "{kind}委托已经生效", "委托人：{principal}；代办人：{delegate}。您可以随时查看和终止。"
    ),
    "mandate.refused": Text("{kind}委托被拒绝", "委托人：{principal}；代办人：{delegate}。"),
    "mandate.revoked": Text(
        "{kind}委托已经终止", "委托人：{principal}；代办人：{delegate}。从现在起不能再代为办理。"
    ),
    "mandate.expired": Text(
        "{kind}委托已经到期", "委托人：{principal}；代办人：{delegate}。需要继续办理的，请重新委托。"
    ),
    "mandate.used": Text(
        "{delegate}替您办了一件事",
        "{delegate}以{kind}的身份替{principal}办理：{act}。如果不是您的意思，请立即终止委托。",
    ),
    "tester.appointed": Text(
        "您被聘为体验官",
        "聘期到 {until}，地区：{region}。您可以试用应用并提交缺陷报告，开发团队不会知道是谁提交的。",
    ),
    "tester.assigned": Text(
        "请您试用“{app}”",
        "在 {until} 以前，“{app}”有新版本试用时，您打开的就是新版本；已经打开过的，请重新登录。"
        "发现问题，请提交缺陷报告。",
    ),
    "rating.comment_shown": Text(
        "您的评价已经公开", "您对“{app}”的评价已经通过审核，其他人可以看到内容，但看不到是谁写的。"
    ),
    "rating.comment_refused": Text(
        "您的评价没有公开",
        "您对“{app}”的评价没有通过审核，原因：{reason}。星级仍然有效，您可以修改后重新提交。",
    ),
    "app.complaint_answered": Text("您的投诉已经答复", "您对“{app}”的投诉已经答复：{answer}"),
    "defect.moved": Text("缺陷报告有新进展", "您提交的“{app}”缺陷“{title}”，当前状态：{state}。"),
    "defect.of_yours": Text(
        "应用缺陷需要处理", "“{app}”的缺陷“{title}”，当前状态：{state}。请在缺陷库里查看。"
    ),
    "mandate.nod_asked": Text(
        "村级代办员请您确认一步操作", "{delegate}准备替您办理：{act}。您确认以后才会办理。"
    ),
}
"""The words for each kind of notice, in zh-CN.  Another language is another table with the same kinds."""


KINDS: Mapping[str, str] = {
    "representative": "法定代表人", "firm_agent": "单位经办", "guardian": "监护人", "agent": "代办",
    "village": "村级代办",
}  # fmt: skip
"""What a mandate is called, by its kind."""

ACTS: Mapping[str, str] = {
    "case.submit": "提交申请", "case.withdraw": "撤回申请", "case.answer_correction": "补正材料",
    "case.hand_paper": "补交材料", "app.open": "打开应用", "notice.send": "应用发送消息",
    "app.keep": "应用保存内容", "app.remove": "应用删除保存的内容", "visit.record": "登记跑动",
    "consent.grant": "同意应用使用信息", "consent.withdraw": "撤回对应用的同意",
    "mandate.propose": "提出委托", "mandate.revoke": "终止委托", "mandate.ask_nod": "发送确认请求",
}  # fmt: skip
"""What an act is called that stands in audit rows; others are "一项操作"."""


def render(kind: str, parameters: Mapping[str, str]) -> Text:
    """Return the words for `kind` with `parameters` filled in.

    Raises: KeyError for a kind without words or a parameter left out, both mistakes of ours.
    """
    template = TEMPLATES[kind]
    return Text(template.title.format_map(parameters), template.body.format_map(parameters))


def spoken(at: datetime) -> str:
    """Return a time as it is said in Zhejiang, to the minute."""
    return f"{at.astimezone(SHANGHAI):%Y年%m月%d日 %H:%M}"


def presentable(text: Text) -> Text:
    """Return `text` cut to what an inbox shows, its ID and mobile numbers blotted out.

    A notice appears on lock screens and in pushes, so it names no number even to its owner; it is
    blotted rather than refused, because a notice that fails would take the verb with it.
    """
    return Text(_clean(text.title, LONGEST_TITLE), _clean(text.body, LONGEST_BODY))


def without_numbers(text: str) -> str:
    """Return `text` with ID and mobile numbers blotted out."""
    return NUMBER.sub("***", text)


def is_inside(link: str) -> bool:
    """Say whether `link` is a path of our own pages: notices never lead to another host (phishing)."""
    return link.startswith("/") and not link.startswith("//") and "\\" not in link


def from_app(name: str, title: str) -> str:
    """Return the title of what a mini-app writes: its name stands before it, wherever it is read."""
    return f"【{name}】{title}"


def kept_since(now: datetime) -> datetime:
    """Return the time before which notices are past keeping."""
    return now - KEPT


def _clean(text: str, longest: int) -> str:
    safe = without_numbers(text.strip())
    return safe if len(safe) <= longest else safe[: longest - 1] + "…"
