"""What has to be sent, and what became of an address."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from storage.outbox import Event


@dataclass(frozen=True, kw_only=True)
class DeliveriesDue(Event):
    """Something is to be sent to a client.

    It is nobody's in the outbox: a client that is away must not hold up the citizen's other news.
    """

    type: ClassVar[str] = "webhook.due"
    party_id: None = None
    client_id: str


@dataclass(frozen=True, kw_only=True)
class WebhookTurnedOff(Event):
    """An address gets nothing any more until its team registers it anew."""

    type: ClassVar[str] = "webhook.turned_off"
    party_id: None = None
    client_id: str
    why: str  # of `rules.Off`
    at: datetime
