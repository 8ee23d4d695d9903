"""How many calls there may be: of a mini-app, and of each of its APIs.

A citizen's are counted where they come in (`api.http.quota`).  Buckets are leased in blocks
(`storage.leases`): no call waits for Valkey, and without it each process keeps the limits by itself.
"""

from dataclasses import dataclass

from banshi import calls
from banshi.calls import AppCrowded
from banshi.errors import RateLimited
from storage import leases


@dataclass(frozen=True)
class GatewaySettings:
    """`app_per_s` are the calls of one mini-app, unless it has a quota of its own.

    With `loopback` back ends may be on this very machine.
    """

    app_per_s: int = calls.PER_S
    loopback: bool = True


_settings = GatewaySettings()


def configure(settings: GatewaySettings) -> None:
    """Tell this process its bounds."""
    global _settings
    _settings = settings


def loopback() -> bool:
    """Say whether back ends may be on this very machine, which is for development."""
    return _settings.loopback


def everybodys() -> int:
    """Return how many calls a second a mini-app has of which nobody says otherwise."""
    return _settings.app_per_s


async def count(app_id: str, api: str, most_per_s: int) -> None:
    """Count one call of a mini-app that has so many.  Raises: AppCrowded."""
    try:
        for name, capacity, per_s in calls.buckets(app_id, api, float(most_per_s)):
            bucket = f"calls:{name}:{most_per_s}"  # another quota has buckets of its own
            if not leases.spend(bucket, capacity=capacity, per_s=per_s):
                await leases.take(bucket, capacity=capacity, per_s=per_s)
    except RateLimited as refusal:
        raise AppCrowded(app_id=app_id, retry_after_s=refusal.data["retry_after_s"]) from None
