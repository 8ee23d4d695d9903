"""What one request knows: who asks, when, from where, and the batches it has loaded."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import strawberry
from strawberry.dataloader import DataLoader

from identity.actor import Actor

DEVICE_CHARACTERS = 200


@dataclass(kw_only=True, slots=True)
class Context:
    """The context of one GraphQL operation.  Made anew for each, so nothing loaded outlives its answer."""

    actor: Actor
    now: datetime  # the platform's clock (storage.clock), not the machine's
    request_id: str  # stands in the logs, in the answer's header and in the outbox
    address: str  # the client's, as the trusted proxies tell it: for rate limits, never logged
    device: str = ""  # what the client calls itself (User-Agent), cut to DEVICE_CHARACTERS
    token: str | None = None  # the bearer token as it came, for verbs that end the session
    operation: Any = None  # the api.graphql.operations.Operation under way
    again: Any = None  # makes the api.graphql.engine.Repeat of the question, once a plan has answered it
    kept: dict[Any, Any] | None = None  # lives as long as the verdict on this session; None: keep nothing
    loaders: dict[Any, DataLoader[Any, Any]] = field(default_factory=dict)  # filled by api.graphql.loaders


Info = strawberry.Info[Context, None]
