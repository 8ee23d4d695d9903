"""Requests that this process has seen wait lately: what is asked never changes, so it need not be read again.

Whether a request still waits, and for which browser, the statement that answers it checks in the table.
"""

from collections import OrderedDict
from datetime import datetime
from typing import NamedTuple
from uuid import UUID as Id

from identity.oidc.asking import Asked

MOST = 10_000


class Seen(NamedTuple):
    """A request as it waited, and for whom."""

    visitor_hash: bytes
    asked: Asked
    created_at: datetime
    expires_at: datetime


_seen: OrderedDict[Id, Seen] = OrderedDict()


def keep(request_id: Id, seen: Seen) -> None:
    """Remember a request; beyond MOST the oldest is forgotten."""
    _seen[request_id] = seen
    if len(_seen) > MOST:
        _seen.popitem(last=False)


def find(request_id: Id, visitor_hash: bytes, *, now: datetime) -> Seen | None:
    """Return the request if this browser's waits here; None: the table must be asked."""
    seen = _seen.get(request_id)
    if seen is None or seen.visitor_hash != visitor_hash or not seen.created_at <= now < seen.expires_at:
        return None
    return seen


def drop(request_id: Id) -> None:
    """Forget a request that was answered, or waits for another browser."""
    _seen.pop(request_id, None)
