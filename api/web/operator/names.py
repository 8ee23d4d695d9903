"""What kinds of things are called on the operator's pages."""

from collections.abc import Mapping
from typing import Final

from miniapps.release.rules.switches import SwitchKind
from miniapps.shelf.rules import AgeGroup, Area, Concern

KINDS: Final[Mapping[str, str]] = {
    SwitchKind.VERSION: "停用一个版本",
    SwitchKind.APP: "停用一个应用",
    SwitchKind.LISTING: "下架一个应用",
    SwitchKind.DEVELOPER: "停用一家开发单位",
    SwitchKind.SCOPE: "停用一项权限",
}
AREAS: Final[Mapping[str, str]] = {
    Area.BANNER: "首页横幅",
    Area.HOME: "首页宫格",
    Area.EVENTS: "人生大事上方",
}
AGES: Final[Mapping[str, str]] = {
    AgeGroup.MINOR: "未成年人",
    AgeGroup.ADULT: "成年人",
    AgeGroup.ELDER: "老年人（长辈版）",
}
LEVELS: Final[tuple[tuple[str, str], ...]] = (
    ("0", "不用登录"), ("1", "一级以上"), ("2", "二级以上"), ("3", "三级"),
)  # fmt: skip
CONCERNS: Final[Mapping[str, str]] = {
    Concern.BROKEN: "用不了",
    Concern.MISLEADING: "误导",
    Concern.PRIVACY: "个人信息",
    Concern.FEES: "收费",
    Concern.CONTENT: "内容不当",
    Concern.OTHER: "其他",
}
