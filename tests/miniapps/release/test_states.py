"""How a mini-app stands when switches are off."""

from itertools import combinations

import pytest

from miniapps.catalog.rules import AppState
from miniapps.release.rules.switches import KILLS, Stop, SwitchKind, state_of

CONCERN = [*KILLS, SwitchKind.LISTING]


def stops(*kinds: SwitchKind) -> list[Stop]:
    return [Stop(kind, f"notice of {kind}") for kind in kinds]


@pytest.mark.parametrize("kinds", [each for size in range(5) for each in combinations(CONCERN, size)])
def test_what_kills_counts_before_what_only_delists(kinds):
    state, notice = state_of(stops(*kinds), is_released=True)

    if set(kinds) & set(KILLS):
        assert state == AppState.SUSPENDED
    elif kinds:
        assert state == AppState.DELISTED
    else:
        assert state == AppState.LISTED
    assert bool(notice) is bool(kinds)
    assert notice in {"", *(stop.notice for stop in stops(*kinds))}


def test_what_was_never_released_is_new():
    assert state_of([], is_released=False) == (AppState.NEW, "")
