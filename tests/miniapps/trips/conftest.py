"""What the tests of trips share."""

import pytest

from miniapps.trips.rules import _judge


@pytest.fixture
def nobody_is_sampled(monkeypatch):
    """Chance has its own tests; elsewhere it would pick every twentieth case."""
    monkeypatch.setattr(_judge, "SAMPLED_PER_CENT", 0)
