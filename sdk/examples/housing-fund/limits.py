"""What the fund pays towards rent: the most per month by city, in fen; invented figures, as the page says."""

import msgspec

LIMITS = {"330100": 150_000, "330200": 135_000, "330300": 120_000}
ELSEWHERE = 100_000
MONTHS = 3  # one withdrawal pays for a quarter
CITY_CHARACTERS = 4  # of a region's code


class Estimate(msgspec.Struct, frozen=True):
    """What a withdrawal would come to; money in fen."""

    limit_fen: int  # per month, in the city
    month_fen: int  # paid per month
    quarter_fen: int  # paid per withdrawal
    own_fen: int  # left to pay per month


def estimate(region: str, rent_fen: int) -> Estimate:
    """Return what the fund pays for a rent in a region (GB/T 2260)."""
    limit = LIMITS.get(region[:CITY_CHARACTERS] + "00", ELSEWHERE)
    month = min(rent_fen, limit)
    return Estimate(limit, month, month * MONTHS, rent_fen - month)
