"""Who there is and how much each has: formulas, so that every table agrees without asking another."""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from itertools import accumulate
from math import comb, gcd
from uuid import UUID

PERSON, CASE, MATERIAL, EVENT, CLOCK, NOTICE, CERTIFICATE, VERSION = range(1, 9)

BEGAN = int(datetime(2024, 11, 1, tzinfo=UTC).timestamp())  # when the first case was opened
SPAN_S = 700 * 86400  # and within how many seconds all were
MOST_CASES, MOST_NOTICES, MOST_CERTIFICATES = 12, 12, 20
STEPS = 4096  # fineness of the distributions


def _spread(weights: list[float]) -> bytes:
    """Return a table of STEPS numbers, each as frequent as its weight says."""
    total, found = sum(weights), bytearray()
    for number, reached in enumerate(accumulate(weights)):
        found += bytes([number]) * (round(reached / total * STEPS) - len(found))
    return bytes(found)


CASES = _spread([comb(12, k) * 2.0 ** (12 - k) for k in range(13)])  # binomial, mean 4
NOTICES = _spread([1.0] * 13)  # mean 6
CERTIFICATES = _spread([0.77**k for k in range(21)])  # mean ~3


def mix(number: int) -> int:
    """Return 32 bits that look random, always the same for one number (splitmix64)."""
    number = (number + 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF
    number = ((number ^ number >> 30) * 0xBF58476D1CE4E5B9) & 0xFFFFFFFFFFFFFFFF
    return ((number ^ number >> 27) * 0x94D049BB133111EB & 0xFFFFFFFFFFFFFFFF) >> 32


def uuid_text(table: int, at: int, number: int) -> str:
    """Return the UUIDv7 of row `number` of a table, made in second `at`; it sorts by `at`, then `number`."""
    ms = f"{at * 1000:012x}"
    return f"{ms[:8]}-{ms[8:]}-7{table:03x}-8000-{number:012x}"


@dataclass(frozen=True)
class Population:
    """So many citizens; `subset` leaves out what hangs on cases and what the home screen does not show."""

    citizens: int
    subset: bool = False
    most_viewers: int = 20_000
    items: int = 3_000
    apps: int = 300
    parties: list[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        ids = [uuid_text(PERSON, BEGAN - self.citizens + n, n) for n in range(self.citizens)]
        object.__setattr__(self, "parties", ids)

    @cached_property
    def viewers(self) -> range:
        """The citizens who sign in: evenly spread over all."""
        return range(0, self.citizens, -(-self.citizens // min(self.most_viewers, self.citizens)))

    def party_id(self, index: int) -> UUID:
        """Return the id of citizen `index`."""
        return UUID(self.parties[index])

    @cached_property
    def owners(self) -> "array[int]":
        """Whose each case is, in the order of opening: as in life, nobody's cases lie together."""
        return array("I", self.each(MOST_CASES, CASES))

    def each(self, most: int, table: bytes) -> Iterator[int]:
        """Yield citizens in a scattered order, each as often as `table` gives him."""
        slots = self.citizens * most
        step = int(slots * 0.6180339887) | 1
        while gcd(step, slots) > 1:
            step += 2
        slot = 0
        for _ in range(slots):
            slot = (slot + step) % slots
            citizen, turn = divmod(slot, most)
            if turn < table[mix(citizen * 31 + most) % STEPS]:
                yield citizen

    @cached_property
    def pace(self) -> float:
        """Seconds between one case and the next."""
        return SPAN_S / max(1, len(self.owners))

    def opened(self, number: int) -> int:
        """Return the second in which case `number` was opened."""
        return BEGAN + int(number * self.pace)

    def case_id(self, number: int) -> str:
        """Return the id of case `number`."""
        return uuid_text(CASE, self.opened(number), number)
