"""What a server tells its plans about itself."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from strawberry.types.field import StrawberryField


@dataclass(frozen=True)
class House:
    """What the plans' owner tells them: who asks, and what he may."""

    viewer: Mapping[
        str, tuple[str, Callable[[Any], Any]]
    ]  # name -> (SQL type, how it is got from the context)
    serves: Callable[[Any], bool]  # whether private rows may be read for this context
    lock: Callable[[Sequence[StrawberryField]], Callable[[Any], bool]]  # the coarse lock of root fields
    nobody: Callable[[Any], Any]  # the same context without the person: what is shared is made for nobody
    kept: Callable[[Any], dict[Any, Any] | None]  # what lives as long as the verdict on the session
    minute: Callable[[Any], int]  # in which minute one asks, by the platform's clock
