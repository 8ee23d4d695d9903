"""What a mini-app answers: its APIs, and the events of deliveries."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import msgspec

from banshi.events import EVENTS, PublicEvent


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


class Envelope(msgspec.Struct, frozen=True):
    """The body of a delivery, as Standard Webhooks has it."""

    type: str
    data: msgspec.Raw


def event_of(body: bytes) -> PublicEvent | None:
    """Return a delivery's event; None for a type that this SDK does not know yet.

    Raises: msgspec.DecodeError.
    """
    told = msgspec.json.decode(body, type=Envelope)
    kind = EVENTS.get(told.type)
    return None if kind is None else msgspec.json.decode(told.data, type=kind)
