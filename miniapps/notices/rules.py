"""What a notice may say, in which words, and how long it is kept."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.clock import SHANGHAI

KEPT = timedelta(days=730)
"""How long an inbox holds a notice (PIPL Art. 19).  It is a courtesy copy: the legal record is the case."""

SWEEP_EVERY = timedelta(days=1)
MOST_UNREAD = 100  # a badge says 99+, so nobody needs more counted
LONGEST_TITLE, LONGEST_BODY = 60, 1000  # characters

ID_CARD = r"\d{17}[\dXx]|\d{15}"
MOBILE = r"(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}"
NUMBER = re.compile(rf"(?<![0-9A-Za-z])(?:{ID_CARD}|{MOBILE})(?![0-9A-Za-z])")
"""ID card and mobile numbers that stand alone; the 21 digits of a case number are neither."""


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
}
"""The words for each kind of notice, in zh-CN.  Another language is another table with the same kinds."""


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


def kept_since(now: datetime) -> datetime:
    """Return the time before which notices are past keeping."""
    return now - KEPT


def _clean(text: str, longest: int) -> str:
    safe = without_numbers(text.strip())
    return safe if len(safe) <= longest else safe[: longest - 1] + "…"
