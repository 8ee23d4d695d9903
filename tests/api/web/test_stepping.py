"""What one may go back to: what everybody had before, never what is newer."""

from types import SimpleNamespace
from uuid import UUID

import pytest

from api.web.stepping import fallbacks
from miniapps.release.rules.rising import Standing

OLD, NOW, NEW = (UUID(int=number) for number in (1, 2, 3))
ROWS = [SimpleNamespace(id=each, version=str(each.int), state="approved") for each in (NEW, NOW, OLD)]


@pytest.mark.parametrize(
    ("standing", "expected"),
    [
        (Standing(), []),
        (Standing(candidate=NEW), ["2", "1"]),
        (Standing(stable=NOW), ["1"]),
        (Standing(stable=NOW, candidate=NEW), ["2", "1"]),
        (Standing(stable=NOW, killed=frozenset({NOW})), ["1"]),
        (Standing(stable=NEW, killed=frozenset({NOW})), ["1"]),
        (Standing(stable=OLD, withdrawn=frozenset({NOW, NEW})), []),
    ],
)
def test_only_what_is_older_or_had_by_all_is_gone_back_to(standing, expected):
    assert fallbacks(ROWS, standing) == expected
