"""How soon all is well again: what is promised, and how long a test waits for it on a busy machine."""

from collections.abc import Awaitable, Callable

PROMISED_S = 2.0
SOON_S = 5.0  # a test gives up
TRIES = 3  # a machine may be busy once, and twice


async def recovers(again: Callable[[], Awaitable[float]]) -> None:
    """Do harm `again`, which returns how many seconds it was felt after its end; once it is as promised."""
    took = [await again()]
    while took[-1] > PROMISED_S and len(took) < TRIES:
        took.append(await again())
    print(f"well again after {', '.join(f'{each:.3f}' for each in took)} s")
    assert min(took) <= PROMISED_S
