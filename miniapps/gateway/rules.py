"""Over which connections a call goes, and when a back end is left alone.  No I/O, no clock."""

from dataclasses import dataclass
from uuid import UUID

MOST_FRAME = 1024 * 1024  # bytes of anything on a relay connection, and of an answer by HTTP
BENCH = "bench:"  # how the channels of desks begin
SANDBOX = "--sandbox"  # what the client ids of sandbox credentials end in

LEAST_PER_S, MOST_PER_S = 1, 20_000  # calls a second that an operator may give a mini-app

WINDOW_S = 10.0  # over which failures are counted
LEAST = 20  # calls; fewer prove nothing
SHARE = 0.5  # of the calls of a window; from so many failures on nothing is passed on
REST_S = 5.0


def live(app_id: str) -> str:
    """Return the channel of citizens' calls to a mini-app."""
    return f"live:{app_id}"


def trial(app_id: str) -> str:
    """Return the channel of a mini-app's sandbox credentials."""
    return f"trial:{app_id}"


def bench(person_id: UUID, app_id: str) -> str:
    """Return the channel of a developer who runs a mini-app at his own desk: nobody else calls there."""
    return f"{desk(person_id)}{app_id}"


def desk(person_id: UUID) -> str:
    """Return how the channels of a developer begin."""
    return f"{BENCH}{person_id.hex}:"


@dataclass(slots=True)
class Breaker:
    """Whether calls are passed on to one back end; times are seconds of a clock that only goes on.

    closed ──half of a window's calls failed──► open ──REST_S──► half open: one call tries ──well──► closed
                                                  ▲──────────────────failed──────────────┘
    """

    began: float = 0.0
    calls: int = 0
    failures: int = 0
    rests_until: float | None = None  # None: closed
    tries: bool = False  # the one call that tries is under way

    def lets(self, at: float) -> bool:
        """Say whether a call may be passed on, and count it; `end` it, whatever becomes of it."""
        if self.rests_until is not None:
            if at < self.rests_until or self.tries:
                return False
            self.tries = True
            return True
        if at - self.began > WINDOW_S:
            self.began, self.calls, self.failures = at, 0, 0
        self.calls += 1
        return True

    def end(self, at: float, *, failed: bool | None) -> bool:
        """Count what became of a call (None: nobody knows); True: it opens now."""
        if self.rests_until is not None and not self.tries:
            return False  # a call from before
        if self.rests_until is not None:
            self.tries = False
            if failed is False:
                self.rests_until, self.began, self.calls, self.failures = None, at, 0, 0
            elif failed:
                self.rests_until = at + REST_S
            return False
        self.failures += failed is True
        if not failed or self.calls < LEAST or self.failures < self.calls * SHARE:
            return False
        self.rests_until = at + REST_S
        return True
