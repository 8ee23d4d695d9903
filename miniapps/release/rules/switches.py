"""What can be switched off, and how a mini-app stands after it."""

from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple

from miniapps.catalog.rules import AppState

WATCHED = timedelta(hours=24)
"""For so long after a version went to everyone it is still taken back by itself."""

LONGEST_REASON, LONGEST_NOTICE, LONGEST_KEY = 500, 200, 200


class SwitchKind(StrEnum):
    """What a switch stops.  All but `LISTING` stop it at once, and tokens die with it."""

    VERSION = "version"  # target: app id and version, "rent-app@1.0.0"
    APP = "app"  # target: app id
    LISTING = "listing"  # 下架, target: app id: nobody finds or opens it any more; who is inside goes on
    DEVELOPER = "developer"  # target: id of a team or organ: all mini-apps it makes
    SCOPE = "scope"  # target: a scope: no mini-app and no client has it any more


class Stop(NamedTuple):
    """A switch that is off and concerns a mini-app."""

    kind: SwitchKind
    notice: str  # for citizens to read


KILLS = (SwitchKind.APP, SwitchKind.DEVELOPER, SwitchKind.VERSION)


def state_of(stops: Iterable[Stop], *, is_released: bool) -> tuple[AppState, str]:
    """Return how a mini-app stands, and what citizens read of it.

    `stops` are the switches that concern it; of versions only that of the stable one.
    """
    told = {stop.kind: stop.notice for stop in stops}
    for kind in KILLS:
        if kind in told:
            return AppState.SUSPENDED, told[kind]
    if SwitchKind.LISTING in told:
        return AppState.DELISTED, told[SwitchKind.LISTING]
    return (AppState.LISTED if is_released else AppState.NEW), ""
