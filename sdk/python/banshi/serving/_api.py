"""One API of a mini-app."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import msgspec


@dataclass(frozen=True)
class Api:
    """One call: its handler, and the types of what it takes and gives."""

    name: str
    scope: str
    handler: Callable[..., Awaitable[Any]]
    takes: Any
    gives: Any

    @cached_property
    def decode(self) -> Callable[[bytes], Any]:
        """What reads the body of a call."""
        return msgspec.json.Decoder(self.takes).decode

    @property
    def schemas(self) -> dict[str, Any]:
        """`input` and `output` as JSON Schema 2020-12, as the manifest has them."""
        return {"input": msgspec.json.schema(self.takes), "output": msgspec.json.schema(self.gives)}
