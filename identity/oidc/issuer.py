"""Who we are to clients: the issuer, and where its endpoints are."""

import msgspec


class OidcSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What the provider is told."""

    issuer: str = "http://127.0.0.1:8000"  # the public origin, no slash at the end
    loopback_allowed: bool = True  # clients in development may be told of logouts on this very machine


_settings = OidcSettings()


def configure(settings: OidcSettings) -> None:
    """Tell this process who it is."""
    global _settings
    _settings = settings


def issuer() -> str:
    """Return the issuer identifier: `iss` of everything we say."""
    return _settings.issuer


def loopback_allowed() -> bool:
    """Say whether a client may live on this machine, reached without TLS."""
    return _settings.loopback_allowed


def endpoint(name: str) -> str:
    """Return the address of an endpoint by the last word of its path, e.g. "token"."""
    return f"{_settings.issuer}/oauth/{name}"


def api() -> str:
    """Return the resource identifier of our own API (RFC 8707)."""
    return f"{_settings.issuer}/graphql"
