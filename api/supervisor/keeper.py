"""Keep one thing running: start it again when it ends, more slowly each time."""

from collections.abc import Callable

FIRST_PAUSE_S = 0.25
LONGEST_PAUSE_S = 30.0
STEADY_S = 30.0  # up for so long, and its earlier ends are forgotten


def pause_after(failures: int) -> float:
    """Return how many seconds to wait before start number `failures` + 1: 0.25, 0.5, 1, … at most 30."""
    return min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** min(failures - 1, 20))


class Keeper:
    """Watches one child.

    Args:
        name: what people call it.
        start: starts it; may raise, which counts as an end.
        ended: returns its exit code, None while it runs.
    """

    def __init__(self, name: str, *, start: Callable[[], None], ended: Callable[[], int | None]) -> None:
        self.name = name
        self.restarts = 0
        self._start = start
        self._ended = ended
        self._failures = 0
        self._since = 0.0
        self._due: float | None = None

    def started(self, now: float) -> None:
        """Note that it was started by somebody else at `now` (monotonic seconds)."""
        self._since = now

    def tend(self, now: float) -> str | None:
        """Restart it if that is due; return a line for people when something changed."""
        if self._due is None:
            code = self._ended()
            return None if code is None else self._plan(f"{self.name} ended with {_words(code)}", now)
        return self._restart(now) if now >= self._due else None

    def _plan(self, what: str, now: float) -> str:
        if now - self._since >= STEADY_S:
            self._failures = 0
        self._failures += 1
        pause = pause_after(self._failures)
        self._due = now + pause
        return f"{what}; starting it again in {pause:g} s"

    def _restart(self, now: float) -> str:
        self._due = None
        self._since = now
        self.restarts += 1
        try:
            self._start()
        except Exception as error:
            return self._plan(str(error), now)  # names what did not start
        return f"{self.name} started again"


def _words(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"code {code}"
