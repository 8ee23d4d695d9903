"""What the fund pays towards rent."""

import pytest
from limits import Estimate, estimate


@pytest.mark.parametrize(
    ("region", "rent_fen", "told"),
    [
        ("330106", 280_000, Estimate(150_000, 150_000, 450_000, 130_000)),
        ("330106", 90_000, Estimate(150_000, 90_000, 270_000, 0)),
        ("330203", 200_000, Estimate(135_000, 135_000, 405_000, 65_000)),
        ("330702", 100_000, Estimate(100_000, 100_000, 300_000, 0)),
        ("330000", 100_001, Estimate(100_000, 100_000, 300_000, 1)),
    ],
)
def test_the_limit_is_the_city_s(region: str, rent_fen: int, told: Estimate) -> None:
    assert estimate(region, rent_fen) == told
