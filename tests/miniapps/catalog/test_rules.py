import pytest

from miniapps.catalog import rules
from miniapps.catalog.errors import AppConsentMissing, ScopeNotDeclared, VersionMoveRefused
from miniapps.catalog.rules import MOVES, VersionState

ASKED = {"cases:read": "看进度", "cases:write": "提交"}


@pytest.mark.parametrize("now", VersionState)
@pytest.mark.parametrize("to", VersionState)
def test_every_pair_of_states_is_decided(now, to):
    if to in MOVES[now]:
        rules.check_move(now, to)
    else:
        with pytest.raises(VersionMoveRefused):
            rules.check_move(now, to)


def test_consent_to_all_that_is_asked_passes():
    rules.check_consent("rent-app", ASKED, ["cases:write", "cases:read"])


def test_missing_consent_is_named():
    with pytest.raises(AppConsentMissing) as refused:
        rules.check_consent("rent-app", ASKED, ["cases:read"])

    assert refused.value.data["scopes"] == "cases:write"


def test_consent_to_what_is_not_asked_is_refused():
    with pytest.raises(ScopeNotDeclared):
        rules.check_consent("rent-app", ASKED, [*ASKED, "profile:read"])
