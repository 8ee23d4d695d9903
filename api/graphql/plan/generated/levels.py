"""A level: all objects of one place of an operation, beside the answers that are made of them.

Where one stands is not written down, only from which object of the level above it came, and at which
indices of a list: its path is worked out when somebody asks.
"""

from typing import Any

from graphql.pyutils import Path as Trail

from api.graphql.plan.generated.settle import Path
from api.graphql.plan.generated.tree import Node


class Level:
    """`objects[n]` is answered by `outs[n]`; it came from object `owners[n]` of `up`, at `spots[n]`."""

    __slots__ = ("depth", "key", "node", "objects", "outs", "owners", "spots", "unit", "up")

    def __init__(self, node: Node, *, up: "Level | None", key: str, depth: int, unit: int) -> None:
        self.node = node
        self.up = up
        self.key = key  # of the field of `up` that led here
        self.depth = depth  # the length of its objects' paths
        self.unit = unit  # see settle
        self.objects: list[Any] = []
        self.outs: list[dict[str, Any]] = []
        self.owners: list[int] = []
        self.spots: list[tuple[int, ...]] = []

    def add(self, value: Any, out: dict[str, Any], owner: int, spot: tuple[int, ...]) -> None:
        """Take an object and the answer begun for it."""
        self.objects.append(value)
        self.outs.append(out)
        self.owners.append(owner)
        self.spots.append(spot)

    def add_list(self, values: list[Any], outs: list[dict[str, Any]], owner: int) -> None:
        """Take a list of objects that is the value of one field."""
        self.objects += values
        self.outs += outs
        self.owners += [owner] * len(values)
        self.spots += zip(range(len(values)))

    def path(self, index: int) -> Path:
        """Return where an object stands in the answer."""
        if self.up is None:
            return ()
        return (*self.up.path(self.owners[index]), self.key, *self.spots[index])

    def trail(self, index: int) -> Trail | None:
        """Return the same as graphql-core writes it."""
        if self.up is None:
            return None
        trail = Trail(self.up.trail(self.owners[index]), self.key, self.up.node.kind.name)
        for spot in self.spots[index]:
            trail = trail.add_key(spot)
        return trail
