"""Cores that stay awake while requests come: on a virtual machine a halted core comes back late.

A request here passes through several processes and waits for each to be woken.  When nothing wants to run in
between, the kernel halts the core, the host lends it to others, and returns it when it likes (ADR 188 has
what that took).  A program may tell Linux how long a wake may take: for as long as it keeps
/dev/cpu_dma_latency open with a 0 in it, cores look for work instead of halting (the kernel's "PM Quality
of Service Interface").  We ask for that while requests come, and let go when they stop:

    a second with >= 50 requests --> held --> 3 seconds with fewer --> let go

Only where the kernel's driver for idle cores is `haltpoll`, that of virtual machines: a core of real iron
wakes within microseconds, and would pay in warmth.  What is held ends with the process, however that ends.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import structlog

from api import metrics

log = structlog.get_logger()

DEVICE = Path("/dev/cpu_dma_latency")
DRIVER = Path("/sys/devices/system/cpu/cpuidle/current_driver")
LATE = "haltpoll"
AT_ONCE = bytes(4)  # microseconds, as the kernel's 32-bit integer
LOOK_S = 1.0
BUSY_PER_S = 50  # of one process; below, an answer a millisecond sooner is not worth a core
QUIET_LOOKS = 3


class Cores:
    """This machine's cores, and our wish that they stay awake."""

    def __init__(self, device: Path = DEVICE, driver: Path = DRIVER) -> None:
        self.device = device
        self._driver = driver
        self._wish: contextlib.ExitStack | None = None

    @property
    def halt(self) -> bool:
        """Whether idle cores are given back to a host, unless somebody wishes otherwise."""
        try:
            return self._driver.read_text().strip() == LATE
        except OSError:
            return False

    @property
    def held(self) -> bool:
        """Whether our wish stands."""
        return self._wish is not None

    def hold(self) -> None:
        """Wish that cores stay awake.

        Raises: OSError, when this process may not or the kernel knows no such wish.
        """
        if self._wish is None:
            with contextlib.ExitStack() as wish:
                wish.enter_context(self.device.open("wb", buffering=0)).write(AT_ONCE)
                self._wish = wish.pop_all()

    def let_go(self) -> None:
        """Wish it no longer."""
        if self._wish is not None:
            self._wish.close()
            self._wish = None


@contextlib.asynccontextmanager
async def while_asked(asked: Callable[[], int], cores: Cores) -> AsyncIterator[None]:
    """Keep `cores` awake inside, while requests come; `asked` tells how many have come so far."""
    if not cores.halt:
        yield
        return
    looking = asyncio.create_task(_look(asked, cores))
    try:
        yield
    finally:
        looking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await looking
        _tell(cores.let_go, awake=0)


async def _look(asked: Callable[[], int], cores: Cores) -> None:
    before, quiet = asked(), 0
    while True:
        await asyncio.sleep(LOOK_S)
        now = asked()
        quiet = 0 if now - before >= BUSY_PER_S * LOOK_S else quiet + 1
        before = now
        if not quiet and not cores.held:
            try:
                _tell(cores.hold, awake=1)
            except OSError as error:
                log.warning("awake.refused", path=str(cores.device), error=type(error).__name__)
                return
        elif quiet >= QUIET_LOOKS and cores.held:
            _tell(cores.let_go, awake=0)


def _tell(wish: Callable[[], None], *, awake: int) -> None:
    wish()
    metrics.cores_awake.set(awake)
