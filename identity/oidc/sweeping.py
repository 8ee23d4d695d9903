"""What the provider need not remember any longer."""

from datetime import datetime

from identity import consents
from identity.oidc import grants, par, questions, replays, requests


async def sweep(*, now: datetime) -> None:
    """Delete what is over, and end consents whose time is."""
    for each in (replays, par, requests, questions, grants):
        await each.sweep(now=now)
    await consents.sweep(now=now)
