"""Who sends a request that goes a short way: known already, or asked for, and counted either way.

What is found out about him goes into the request's `state`, so that whoever declines passes it on.
"""

from collections.abc import Mapping
from typing import Any

import structlog

from api.context import DEVICE_CHARACTERS, Context
from api.http import asking, quota
from api.http.asking import Asker
from banshi.errors import DomainError, NotSignedIn

log = structlog.get_logger()

Headers = Mapping[bytes, bytes]


async def context_of(state: dict[str, Any], headers: Headers) -> Context | None:
    """Return the context of the operation; None when its sender is refused, which the ordinary way says."""
    try:
        text = _authorization(headers)
        if text[:5].lower() == "dpop ":  # its proof is looked at on the ordinary way
            return None
        asker = await asking.bearer(text, state["address"])
        state["asker"] = asker
        await quota.count(asker.actor, state["address"])
        state["counted"] = True
    except NotSignedIn:
        state["asker"] = None
        return None
    except DomainError:  # too many requests: the ordinary way says so
        return None
    except Exception as error:  # a neighbour is away, and the ordinary way meets it just so, or a bug
        log.warning("hot.declined", error=type(error).__name__)
        return None
    return _context(asker, state, headers)


def at_hand(state: dict[str, Any], headers: Headers) -> Context | None:
    """Return what `context_of` would, if nobody need be waited for; None: nothing was done."""
    try:
        asker = asking.known(_authorization(headers))
        if asker is None or not quota.spend(asker.actor, state["address"]):
            return None
    except DomainError:  # `context_of` says so again
        return None
    except Exception as error:
        log.warning("hot.declined", error=type(error).__name__)
        return None
    state["asker"] = asker
    state["counted"] = True
    return _context(asker, state, headers)


def _authorization(headers: Headers) -> str:
    return headers.get(b"authorization", b"").decode("latin-1")


def _context(asker: Asker, state: Mapping[str, Any], headers: Headers) -> Context:
    return Context(
        actor=asker.actor,
        now=asker.now,
        token=asker.token,
        request_id=state["request_id"],
        address=state["address"],
        device=headers.get(b"user-agent", b"").decode("latin-1")[:DEVICE_CHARACTERS],
        kept=asker.kept,
    )
