"""What the old wires need not remember any longer."""

from datetime import datetime

from identity.wires import clients, passes, signatures


async def sweep(*, now: datetime) -> None:
    """Delete old passes, signatures whose time is over, and secrets that have ended."""
    await passes.sweep(now=now)
    await signatures.sweep(now=now)
    await clients.sweep(now=now)
