"""How many calls there may be: of a mini-app, and of each of its APIs.

A citizen's are counted where they come in (`api.http.quota`).  Buckets are leased in blocks
(`storage.leases`): no call waits for Valkey, and without it each process keeps the limits by itself.
"""

from dataclasses import dataclass

from banshi.calls import AppCrowded
from banshi.errors import RateLimited
from storage import leases

BURST_S = 2  # so much of a bucket may be used at once
API_SHARE = 0.5  # of the mini-app's calls


@dataclass(frozen=True)
class GatewaySettings:
    """`app_per_s` are the calls of one mini-app; with `loopback` back ends may be on this very machine."""

    app_per_s: int = 2000
    loopback: bool = True


_settings = GatewaySettings()


def configure(settings: GatewaySettings) -> None:
    """Tell this process its bounds."""
    global _settings
    _settings = settings


def loopback() -> bool:
    """Say whether back ends may be on this very machine, which is for development."""
    return _settings.loopback


async def count(app_id: str, api: str) -> None:
    """Count one call.  Raises: AppCrowded."""
    per_s = float(_settings.app_per_s)
    try:
        await _take(f"calls:{app_id}", per_s)
        await _take(f"calls:{app_id}/{api}", per_s * API_SHARE)
    except RateLimited as refusal:
        raise AppCrowded(app_id=app_id, retry_after_s=refusal.data["retry_after_s"]) from None


async def _take(name: str, per_s: float) -> None:
    capacity = max(1, int(per_s * BURST_S))
    if not leases.spend(name, capacity=capacity, per_s=per_s):
        await leases.take(name, capacity=capacity, per_s=per_s)
