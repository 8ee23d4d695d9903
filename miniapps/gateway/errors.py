"""Why the relay does not take a connection, and why an address of a back end is not taken."""

from banshi.errors import DomainError


class RelayRefused(DomainError):
    """The relay does not take this connection: `problem` says why."""

    code = "RELAY_REFUSED"
    status = 403
    text = "The relay does not take this connection: {problem}"


class UpstreamRefused(DomainError):
    """Back ends are not called at this address: `problem` says why."""

    code = "APP_UPSTREAM_REFUSED"
    status = 422
    text = "Back ends are not called there: {problem}."
