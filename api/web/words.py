"""What states are called on the pages of work, and with which mark each stands out."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from miniapps.catalog.rules import AppState, VersionState


class Called(NamedTuple):
    """The word for a state, and the mark beside it: "", "off", "warn" or "bad"."""

    word: str
    mark: str = ""


APP_STATES: Final[Mapping[str, Called]] = {
    AppState.NEW: Called("未上架", "off"),
    AppState.LISTED: Called("已上架"),
    AppState.DELISTED: Called("已下架", "off"),
    AppState.SUSPENDED: Called("已停用", "bad"),
}
VERSION_STATES: Final[Mapping[str, Called]] = {
    VersionState.SUBMITTED: Called("机器检查中", "warn"),
    VersionState.QUEUED: Called("等待人工审核", "warn"),
    VersionState.APPROVED: Called("审核通过"),
    VersionState.REFUSED: Called("未通过", "bad"),
    VersionState.WITHDRAWN: Called("已撤回", "off"),
}
