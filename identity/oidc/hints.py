"""Hints: an id_token of ours, shown back to us (OpenID Connect Core 3.1.2.1, RP-Initiated Logout 2).

It says who was signed in, and proves nothing about who asks; so an expired one is as good.
"""

import msgspec

from identity import signing
from identity.oidc import issuer
from identity.signing import BadSignature, Purpose

LONGEST = 4_000  # characters


class Hint(msgspec.Struct, frozen=True):
    """What the id_token says."""

    iss: str
    aud: str
    sub: str
    sid: str = ""


async def read(token: str, *, audience: str | None = None) -> Hint | None:
    """Return what our own id_token says, one for `audience` if that is told; None when it is not ours."""
    if len(token) > LONGEST:
        return None
    try:
        found = msgspec.convert(await signing.verify(Purpose.ID_TOKEN, token), Hint)
    except (BadSignature, msgspec.ValidationError):
        return None
    if found.iss != issuer.issuer() or audience not in (None, found.aud):
        return None
    return found
