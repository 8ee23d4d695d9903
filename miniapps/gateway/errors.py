"""Why the relay does not take a connection."""

from banshi.errors import DomainError


class RelayRefused(DomainError):
    """The relay does not take this connection: `problem` says why."""

    code = "RELAY_REFUSED"
    status = 403
    text = "The relay does not take this connection: {problem}"
