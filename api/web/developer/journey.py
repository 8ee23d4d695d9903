"""The way of a mini-app to citizens, as a list of steps: what is done, what is next.  No I/O, no clock."""

from collections.abc import Collection, Sequence
from enum import StrEnum
from typing import NamedTuple

from identity.actor import WORKER
from miniapps.catalog.rules import AppState, Side, VersionState
from miniapps.catalog.tables import MiniApp, MiniAppVersion


class Standing(StrEnum):
    """How far one step is."""

    DONE = "done"
    NOW = "now"
    STUCK = "stuck"
    LATER = "later"


class Stop(NamedTuple):
    """One step, and what to tell of it."""

    label: str
    standing: Standing
    told: str = ""

    @property
    def said(self) -> str:
        """The standing in a word, for who does not see the mark."""
        return SAID[self.standing]


SAID = {
    Standing.DONE: "已完成",
    Standing.NOW: "进行中",
    Standing.STUCK: "需要处理",
    Standing.LATER: "还没到",
}


def stops(app: MiniApp, versions: Sequence[MiniAppVersion], bound: Collection[Side]) -> list[Stop]:
    """Return the steps of a mini-app by its newest version.

    `versions` are all of it, newest first; `bound` are the sides whose signature is in force.
    """
    newest = next((each for each in versions if each.state != VersionState.WITHDRAWN), None)
    return [
        Stop("登记", Standing.DONE, "第一次提交时自动登记"),
        _signed(bound),
        _handed_in(newest),
        *_looked_at(newest),
        _given(app, newest),
    ]


def _signed(bound: Collection[Side]) -> Stop:
    label = "签署责任书"
    if Side.VENDOR not in bound:
        return Stop(label, Standing.NOW, "请团队负责人在“责任书”里签署")
    if Side.DEPARTMENT not in bound:
        return Stop(label, Standing.NOW, "团队已签署，等主管单位签署")
    return Stop(label, Standing.DONE, "主管单位和团队都已签署")


def _handed_in(newest: MiniAppVersion | None) -> Stop:
    if newest is None:
        return Stop("提交", Standing.NOW, "运行 miniapp publish，或者在“上传安装包”里上传")
    return Stop("提交", Standing.DONE, f"最新版本 {newest.version}")


def _looked_at(newest: MiniAppVersion | None) -> list[Stop]:
    machine, people = "机器检查", "人工审核"
    if newest is None:
        return [Stop(machine, Standing.LATER), Stop(people, Standing.LATER)]
    if newest.state == VersionState.SUBMITTED:
        return [Stop(machine, Standing.NOW, "一般三分钟内有结果"), Stop(people, Standing.LATER)]
    if newest.state == VersionState.QUEUED:
        return [
            Stop(machine, Standing.DONE),
            Stop(people, Standing.NOW, "排队等审核人员，结果会发消息给提交的人"),
        ]
    if newest.state == VersionState.APPROVED:
        return [Stop(machine, Standing.DONE), Stop(people, Standing.DONE, "已通过")]
    told = "没有通过：看原因，改好后用新的版本号再提交"
    if newest.reviewed_by == WORKER.person_id:
        return [Stop(machine, Standing.STUCK, told), Stop(people, Standing.LATER)]
    return [Stop(machine, Standing.DONE), Stop(people, Standing.STUCK, told)]


def _given(app: MiniApp, newest: MiniAppVersion | None) -> Stop:
    if app.state == AppState.SUSPENDED:
        return Stop("发布", Standing.STUCK, "已被平台停用，请联系运营人员")
    if newest is not None and app.released_id == newest.id:
        return Stop("发布", Standing.DONE, "用户用的就是最新版本")
    if newest is not None and newest.state == VersionState.APPROVED:
        return Stop("发布", Standing.NOW, "最新版本已通过审核，可以发布了")
    return Stop("发布", Standing.LATER, "用户用的是以前的版本" if app.released_id else "")
