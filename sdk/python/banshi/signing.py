"""Webhook signatures, as the Standard Webhooks specification has them (HMAC-SHA256, `v1`).

Headers: `webhook-id`, `webhook-timestamp` (Unix seconds), `webhook-signature` (one or more
`v1,BASE64`, parted by spaces, so that secrets can overlap while they are changed).
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from banshi.errors import DomainError

TOLERANCE = timedelta(seconds=300)
PREFIX = "whsec_"


class SignatureRefused(DomainError):
    """The delivery is not from the platform, was changed, or is too old."""

    code = "WEBHOOK_SIGNATURE_REFUSED"
    status = 401
    text = "The webhook's signature was refused: {reason}."


def new_secret() -> str:
    """Return a fresh secret: `whsec_` and 32 random bytes in base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def sign(secret: str, *, message_id: str, at: datetime, body: bytes) -> str:
    """Return one `v1,…` signature of `message_id.timestamp.body`.

    Raises:
        ValueError: the secret is not `whsec_` and 24–64 bytes of base64.
    """
    content = b".".join([message_id.encode(), str(int(at.timestamp())).encode(), body])
    digest = hmac.new(_key(secret), content, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


def headers(secrets_: Sequence[str], *, message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """Return the three headers of a delivery, signed with every secret in force."""
    signatures = [sign(secret, message_id=message_id, at=at, body=body) for secret in secrets_]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def verify(secrets_: Sequence[str], given: Mapping[str, str], body: bytes, *, now: datetime) -> str:
    """Return the message id of a genuine delivery; keep it to refuse a second one.

    Raises:
        SignatureRefused: a header is missing, the time is more than 300 s off, or no secret fits.
    """
    lower = {name.lower(): value for name, value in given.items()}
    try:
        message_id = lower["webhook-id"]
        at = datetime.fromtimestamp(int(lower["webhook-timestamp"]), tz=now.tzinfo)
        offered = lower["webhook-signature"].split()
    except (KeyError, ValueError, OverflowError, OSError):
        raise SignatureRefused(reason="a webhook header is missing or malformed") from None
    if abs(now - at) > TOLERANCE:
        raise SignatureRefused(reason="its time is more than 300 s off")
    mine = [sign(secret, message_id=message_id, at=at, body=body) for secret in secrets_]
    if not any(hmac.compare_digest(ours.encode(), theirs.encode()) for ours in mine for theirs in offered):
        raise SignatureRefused(reason="no secret fits")
    return message_id


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        key = b""
    if not 24 <= len(key) <= 64:
        raise ValueError("a webhook secret is whsec_ and 24 to 64 bytes in base64")
    return key
