"""Our server without sign-in, rate limits and audit: a header names the viewer, as it does for the peers.

For the bench's second column only, `python -m bench._lab.bare`; everything else is `api.serve` as it is.
What lives with a session's verdict (the opened name) lives here with the viewer, for as long.
"""

import time
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from api import serve
from api.context import Context
from api.http import senders
from identity import audit
from identity.actor import Actor
from identity.roles import SCOPES, Role
from storage import clock

KEPT_S = 60.0  # a verdict is believed for so long at most
HEADER = b"x-party"

_kept: dict[bytes, tuple[float, Actor, dict[Any, Any]]] = {}


def _viewer(party: bytes, level: int) -> tuple[Actor, dict[Any, Any]]:
    until, actor, kept = _kept.get(party, (0.0, None, {}))
    if actor is not None and until > time.monotonic():
        return actor, kept
    person = UUID(party.decode())
    actor = Actor(
        person_id=person,
        acting_for=person,
        roles=frozenset({Role.CITIZEN}),
        scopes=SCOPES[Role.CITIZEN],
        level=level,
    )
    kept = {}
    _kept[party] = (time.monotonic() + KEPT_S, actor, kept)
    return actor, kept


async def _context(state: dict[str, Any], headers: Mapping[bytes, bytes]) -> Context | None:
    return _at_hand(state, headers)


def _at_hand(state: dict[str, Any], headers: Mapping[bytes, bytes]) -> Context | None:
    """Believe the header."""
    party = headers.get(HEADER)
    if party is None:
        return None
    actor, kept = _viewer(party, int(headers[b"x-level"]))
    return Context(
        actor=actor,
        now=clock.system_now(),
        request_id=state["request_id"],
        address=state["address"],
        kept=kept,
    )


def _nothing(*_: object, **__: object) -> None:
    """Note no look."""


if __name__ == "__main__":
    senders.context_of = _context
    senders.at_hand = _at_hand
    audit.note_read = _nothing
    serve.main()
