"""DPoP (RFC 9449): a token is worth something only together with a proof, made for this very request, that
its bearer holds a key.

A proof is believed for a minute before and ten seconds after its `iat`, and once.  The server gives no
nonces: the clocks agree well enough, and a `jti` that was seen is stored for as long as it could be believed.
"""

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from identity.oidc import jose, replays
from identity.oidc.errors import OAuthError
from identity.oidc.jose import BadJws

ALGORITHM = "ES256"
TYPE = "dpop+jwt"
OLDEST = timedelta(seconds=60)
AHEAD = timedelta(seconds=10)
PORTS = {"http": 80, "https": 443}


async def prove(
    proofs: tuple[str, ...], *, method: str, url: str, token: str | None = None, now: datetime
) -> str | None:
    """Return the thumbprint of the key that the request proves; None when it brings no proof.

    `url` is where the endpoint is for clients, whatever the proxy in front calls it; `token` is the access
    token that comes along.
    Raises: OAuthError `invalid_dpop_proof`.
    """
    if not proofs:
        return None
    if len(proofs) > 1:
        raise _bad("there are several proofs")
    try:
        payload, jkt = _read(proofs[0])
        _check(payload, method=method, url=url, token=token, now=now)
        jti = jose.text(payload, "jti")
    except BadJws as error:
        raise _bad(str(error)) from None
    if not await replays.first(f"dpop\0{jkt}", jti, until=now + OLDEST + AHEAD):
        raise _bad("its jti was seen before")
    return jkt


def _bad(what: str) -> OAuthError:
    return OAuthError("invalid_dpop_proof", f"DPoP proof: {what}")


def _read(proof: str) -> tuple[dict[str, Any], str]:
    """Return payload and thumbprint of a proof whose signature is its own key's."""
    header = jose.header_of(proof)
    if header.get("typ") != TYPE:
        raise BadJws(f"its typ is not {TYPE}")
    jose.check_header(header, algorithms=[ALGORITHM], besides=["jwk"])
    key = jose.public_key(header.get("jwk"))
    jose.verify(proof, key)
    return jose.payload_of(proof), key.thumbprint()


def _check(payload: dict[str, Any], *, method: str, url: str, token: str | None, now: datetime) -> None:
    if payload.get("htm") != method:
        raise BadJws("its htm is not the method of this request")
    if same_place(jose.text(payload, "htu", longest=2_000)) != same_place(url):
        raise BadJws("its htu is not the address of this request")
    made_at = datetime.fromtimestamp(jose.number(payload, "iat"), UTC)
    if not now - OLDEST <= made_at <= now + AHEAD:
        raise BadJws("its iat is not about now")
    if token is not None and payload.get("ath") != token_digest(token):
        raise BadJws("its ath is not the hash of this access token")


def token_digest(token: str) -> str:
    """Return `ath` of an access token: BASE64URL of its SHA-256."""
    return base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).rstrip(b"=").decode()


def same_place(url: str) -> tuple[str, str, int | None, str] | None:
    """Return what is the same for two spellings of one address, without query and fragment.

    None for what is no address of the web.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS.get(parts.scheme)
    except ValueError:
        return None
    if parts.scheme not in PORTS or not parts.hostname or parts.username is not None:
        return None
    return parts.scheme, parts.hostname, port, parts.path or "/"
