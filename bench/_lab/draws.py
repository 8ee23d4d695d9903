"""Who asks for what: viewers by Zipf and evenly, regions, persons and firms, elder mode."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from bench._lab.data.population import Population
from identity import regions

ZIPF = 1.1
EVENLY = 0.2  # of the draws, so that no cache holds everybody
CAP = 0.004  # of the draws at most for one viewer: nobody may ask more often than the rate limit lets him
FIRMS, ELDERS = 0.15, 0.15


@dataclass(frozen=True)
class Draw:
    """One home screen: whose, and how it varies."""

    viewer: int  # citizen
    region: str
    target: str  # PERSON, FIRM
    elder: bool

    @property
    def places(self) -> list[str]:
        """The region with those around it."""
        return list(dict.fromkeys([self.region[:2] + "0000", self.region[:4] + "00", self.region]))


class Draws:
    """An endless urn; the same seed draws the same."""

    def __init__(self, population: Population, seed: int) -> None:
        self.population = population
        self.dice = random.Random(f"banshi bench {seed}")
        self.regions = [place.code for place in regions.shipped().values() if place.level <= 3]
        self.ranked = list(population.viewers)
        random.Random("who is busy").shuffle(self.ranked)
        self.weights = list(accumulate(_capped(len(self.ranked))))

    def take(self, count: int) -> list[Draw]:
        """Return `count` draws."""
        return [self._one(viewer) for viewer in self.viewers(count)]

    def viewers(self, count: int) -> list[int]:
        """Return `count` citizens: four in five by how busy they are, one in five evenly."""
        evenly = sum(self.dice.random() < EVENLY for _ in range(count))
        busy = self.dice.choices(self.ranked, cum_weights=self.weights, k=count - evenly)
        found = busy + self.dice.choices(self.ranked, k=evenly)
        self.dice.shuffle(found)
        return found

    def _one(self, viewer: int) -> Draw:
        dice = self.dice
        target = "FIRM" if dice.random() < FIRMS else "PERSON"
        return Draw(viewer, dice.choice(self.regions), target, dice.random() < ELDERS)


def _capped(count: int) -> Sequence[float]:
    """Return Zipf's weights, cut at CAP of all (or what evenly would be, among few)."""
    weights = [rank**-ZIPF for rank in range(1, count + 1)]
    most = max(CAP, 1.5 / count)
    for _ in range(20):  # cutting the first makes the others' shares greater
        total = sum(weights)
        weights = [min(weight, most * total) for weight in weights]
    return weights
