"""Where citizens reach us: what passkeys are bound to, and where a QR code leads."""

from urllib.parse import urlsplit

_origin = "http://localhost:8000"


def configure(public_url: str) -> None:
    """Tell this process its public origin (BANSHI_PUBLIC_URL), without a slash at the end."""
    global _origin
    _origin = public_url


def origin() -> str:
    """Return the one origin whose pages may use our passkeys."""
    return _origin


def rp_id() -> str:
    """Return the relying party's id: the host's name (WebAuthn Level 3, 5.1.2).

    Browsers refuse an IP address as one: to try passkeys on a bare machine, be reached as `localhost`.
    """
    return urlsplit(_origin).hostname or "localhost"
