"""Plain Chinese for what pages tell: times, methods, roles, and what a refusal means to a citizen."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from banshi.errors import DomainError, InvalidInput, RateLimited
from identity.errors import NumberRefused, SignInLocked
from storage.clock import SHANGHAI

METHODS: Final[Mapping[str, str]] = {
    "face": "刷脸",
    "sms": "短信验证码",
    "qr": "扫码",
    "passkey": "通行密钥",
    "network_id": "网络身份认证",
}
"""What each way of signing in is called in a list."""

LEVELS: Final[Mapping[int, str]] = {
    1: "一级（仅核实手机号）",
    2: "二级（姓名与身份证号已核实）",
    3: "三级（已刷脸，核实是本人）",
}

ROLES: Final[Mapping[str, str]] = {
    "citizen": "本人",
    "clerk": "窗口和审批人员",
    "item_definer": "业务定义人员",
    "operator": "运营人员",
    "developer": "应用开发者",
    "maintainer": "系统维护人员",
    "manager": "管理人员",
    "auditor": "审计人员",
    "security": "安全管理员",
    "village_agent": "村级代办员",
}


MANDATES: Final[Mapping[str, str]] = {
    "representative": "法定代表人",
    "firm_agent": "单位经办人",
    "guardian": "监护人",
    "agent": "代办人",
    "village": "村级代办员",
}
MANDATE_STATES: Final[Mapping[str, str]] = {
    "proposed": "等待确认",
    "active": "有效",
    "refused": "未被接受",
    "revoked": "已结束",
    "expired": "已到期",
}
RIGHTS: Final[Mapping[str, str]] = {
    "cases:read": "查看办件",
    "cases:write": "办理事项",
    "materials:read": "查看证照和材料",
    "materials:write": "上传和删除材料",
    "trips:read": "查看跑动记录",
    "trips:write": "补充跑动记录",
    "notices:read": "查看消息",
    "notices:write": "处理消息",
    "apps:open": "使用应用",
}
"""What one may let another do, in the words of the form."""


USES: Final[Mapping[str, str]] = {
    "own": "本人操作",
    "mandate": "受委托或者依法代办",
    "consent": "经您同意",
    "statutory": "依照法定职责",
    "platform": "平台为您办理",
}
OBJECTIONS: Final[Mapping[str, str]] = {
    "open": "异议正在处理",
    "upheld": "异议成立",
    "dismissed": "异议不成立",
}


class Said(NamedTuple):
    """A refusal in the citizen's words: a heading, what happened and what to do."""

    title: str
    text: str


class WayOn(NamedTuple):
    """The button below a refusal."""

    label: str
    address: str


SAID: Final[Mapping[str, Said]] = {
    "FORM_EXPIRED": Said(
        "页面已过期", "为保护您的账号，请重新打开页面再操作一次。您刚才填写的内容没有提交。"
    ),
    "REQUEST_UNKNOWN": Said("这次请求已失效", "请回到刚才的应用，重新点一次“登录”或“授权”。"),
    "NOT_SIGNED_IN": Said("请先登录", "您还没有登录，或者登录已经过期。"),
    "SCOPE_MISSING": Said("当前身份不能办理", "您现在的身份不能使用这项功能，请切换为本人后再试。"),
    "SESSION_NOT_FOUND": Said("没有找到这次登录", "它可能已经退出了，请刷新列表查看。"),
    "CASE_NOT_FOUND": Said("没有找到这份办件", "它可能是已经删除的草稿，或者不属于您现在的办理身份。"),
    "ITEM_NOT_FOUND": Said("没有找到这个事项", "它可能已经停办，请搜索看看有没有类似的。"),
    "APP_NOT_FOUND": Said("没有找到这个应用", "它可能已经下架，或者还没有向您开放。"),
    "NOT_FOUND": Said("没有找到", "它可能已经删除，或者不属于您现在的办理身份。"),
    "STEP_UP_NEEDED": Said("需要再次核验身份", "办理此事需要更高强度的身份核验，请重新核验后继续。"),
    "UNAVAILABLE": Said("系统暂时没有应答", "核验系统暂时没有应答，请稍后再试。这次不计入尝试次数。"),
    "PATH_UNKNOWN": Said("没有这个页面", "请检查网址，或者返回首页。"),
    "UNSUPPORTED_MEDIA_TYPE": Said("表单无法识别", "请返回上一页重试。"),
    "BODY_TOO_LARGE": Said("内容太长", "提交的内容太长，请删减后重试。"),
    "INTERNAL": Said("系统出错了", "不是您的问题，请稍后再试。"),
}
WAYS_ON: Final[Mapping[str, WayOn]] = {
    "NOT_SIGNED_IN": WayOn("去登录", "/sign-in"),
    "CASE_NOT_FOUND": WayOn("看我的办件", "/cases"),
    "ITEM_NOT_FOUND": WayOn("去找要办的事", "/find"),
    "APP_NOT_FOUND": WayOn("返回首页", "/"),
    "FORM_EXPIRED": WayOn("返回我的账户", "/account"),
    "SCOPE_MISSING": WayOn("更换办理身份", "/sign-in/context"),
    "SECOND_FACTOR_NEEDED": WayOn(
        "用通行密钥核验", "/sign-in?method=passkey&prompt=login&next=/sign-in/context"
    ),
    "PASSKEY_REFUSED": WayOn("重新添加", "/account/passkeys"),
}
"""What the button of a refusal leads to, where it is not the account."""

HOME_ON: Final = WayOn("返回我的账户", "/account")
UNKNOWN: Final = "没有办理成功"
HAN = re.compile("[\u4e00-\u9fff]")


class Problem(NamedTuple):
    """What is wrong with a form: the field it stands beside, "" for the form as a whole."""

    field: str
    text: str


def problem_of(refusal: DomainError, *, now: datetime) -> Problem:
    """Return what to tell beside which field; it says no more than the refusal itself does."""
    if isinstance(refusal, NumberRefused):
        return Problem("id_number", str(refusal))
    if isinstance(refusal, InvalidInput):
        return Problem(refusal.data["field"], refusal.data["problem"])
    return Problem("", said(refusal, now=now).text)


def said(refusal: DomainError, *, now: datetime) -> Said:
    """Return a refusal in the citizen's words."""
    if isinstance(refusal, RateLimited):
        wait = timedelta(seconds=int(refusal.data["retry_after_s"]))
        return Said("操作太频繁", f"尝试的次数太多，请{span(wait)}后（{clock(now + wait)}）再试。")
    if isinstance(refusal, SignInLocked):
        wait = timedelta(minutes=int(refusal.data["minutes"]))
        return Said("暂时不能登录", f"{refusal}最迟 {clock(now + wait)} 可以再试。")
    known = SAID.get(refusal.code)
    if known is not None:
        return known
    text = str(refusal)
    return Said(UNKNOWN, text if HAN.search(text) else "请返回上一页，检查后重试。")


def span(length: timedelta) -> str:
    """Return a length of time as one says it, rounded up: 45 秒, 3 分钟, 2 小时."""
    seconds = max(1, int(length.total_seconds()))
    if seconds < 60:
        return f" {seconds} 秒"
    minutes = -(-seconds // 60)
    return f" {minutes} 分钟" if minutes < 120 else f" {-(-minutes // 60)} 小时"


def clock(at: datetime) -> str:
    """Return the time of day in Shanghai."""
    return at.astimezone(SHANGHAI).strftime("%H:%M")


def day(at: datetime) -> str:
    """Return the date in Shanghai as it is read aloud."""
    local = at.astimezone(SHANGHAI)
    return f"{local.year}年{local.month}月{local.day}日"


def moment(at: datetime) -> str:
    """Return date and time in Shanghai."""
    return f"{day(at)} {clock(at)}"


def told_at(text: str) -> str:
    """Return date and time in Shanghai of a moment as GraphQL tells it."""
    return moment(datetime.fromisoformat(text))


def amount(bytes: int) -> str:
    """Return how much that is: 812 字节, 3.5 KB."""
    return f"{bytes} 字节" if bytes < 1024 else f"{bytes / 1024:.1f} KB"


def ago(at: datetime, now: datetime) -> str:
    """Return how long ago it was, as far as one cares; the date when it was not lately."""
    minutes = int((now - at).total_seconds()) // 60
    if minutes < 1:
        return "刚刚"
    if minutes < 60:
        return f"{minutes} 分钟前"
    return f"{minutes // 60} 小时前" if minutes < 24 * 60 else moment(at)
