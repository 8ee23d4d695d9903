"""A manifest as people read it, and what differs between two."""

import json
from collections.abc import Mapping
from typing import Final, NamedTuple

import msgspec

from api.pages.words import RIGHTS
from banshi.manifest import Api, Manifest
from identity import regions
from miniapps.catalog.tables import MiniAppVersion

SCOPES: Final[Mapping[str, str]] = {
    **RIGHTS,
    "profile:read": "查看姓名等基本信息",
    "items:read": "查看事项",
    "notices:send": "给用户发送消息",
    "storage:keep": "在平台为用户保存设置和草稿",
}
"""What each scope lets a mini-app do."""

LONGEST: Final = 300  # characters of a value that are shown


class Fact(NamedTuple):
    """One thing that a manifest says: `whole` is compared, `shown` is read."""

    label: str
    shown: str
    whole: str


class Change(NamedTuple):
    """One thing that differs; None: it is not there."""

    label: str
    before: str | None
    after: str | None

    @property
    def kind(self) -> str:
        """What became of it."""
        if self.before is None:
            return "新增"
        return "删除" if self.after is None else "修改"


def of(row: MiniAppVersion) -> Manifest:
    """Return the manifest of a version."""
    return msgspec.json.decode(row.manifest, type=Manifest)


def facts(made: Manifest) -> list[Fact]:
    """Return all that a manifest says, but for its id, version and format."""
    plain = {
        "名称": made.name, "用途": made.purpose, "主管单位": made.department, "开发单位": made.operator,
        "客服电话": made.hotline, "地区": "、".join(regions.full_name(code) for code in made.regions),
        "数据保存": f"{made.retention_days} 天" if made.retention_days else "不保存",
        "入口": made.entry, "页面": "、".join(made.pages), "事项": "、".join(made.items),
        "订阅的消息": "、".join(made.events), "最低平台版本": made.min_host_version,
        "兼容方式": "也在旧版浙里办运行" if made.profile == "zheliban" else "标准",
    }  # fmt: skip
    return [
        *(Fact(label, value, value) for label, value in plain.items() if value),
        *(_scope(name, why) for name, why in made.scopes.items()),
        *(_api(each) for each in made.apis),
    ]


def difference(before: Manifest, after: Manifest) -> list[Change]:
    """Return what another manifest says otherwise, in its order; then what it no longer says."""
    old, new = ({fact.label: fact for fact in facts(each)} for each in (before, after))
    changed = [
        Change(label, old[label].shown if label in old else None, fact.shown)
        for label, fact in new.items()
        if label not in old or old[label].whole != fact.whole
    ]
    return changed + [Change(label, fact.shown, None) for label, fact in old.items() if label not in new]


def _scope(name: str, why: str) -> Fact:
    return Fact(f"权限 {name}", f"{SCOPES.get(name, name)}：{why}", why)


def _api(api: Api) -> Fact:
    whole = json.dumps({"input": api.input, "output": api.output}, ensure_ascii=False, sort_keys=True)
    cut = whole if len(whole) <= LONGEST else f"{whole[:LONGEST]}…"
    return Fact(f"接口 {api.name}", f"要有 {api.scope}；{cut}", f"{api.scope} {whole}")
