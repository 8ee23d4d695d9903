"""The id_token (OpenID Connect Core 2): who signed in, when, how, and for which client."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID as Id

from authlib.oidc.core.util import create_half_hash

from identity import signing
from identity.assurance import acr_of
from identity.oidc import issuer
from identity.oidc.grants import Given
from identity.signing import ALGORITHM, Purpose
from identity.subjects import pairwise_sub
from storage.seal import mac

LIFE = timedelta(minutes=10)
METHODS = {  # RFC 8176, where it has a word for ours
    "face": ["face"],
    "sms": ["sms"],
    "passkey": ["hwk", "user"],
    "qr": ["mca"],
}


async def make(given: Given, told: Mapping[str, Any], *, nonce: str | None, now: datetime) -> str:
    """Return the signed id_token of a grant, with the claims `told` besides its own."""
    grant = given.grant
    client_id, person_id = grant["client_id"], Id(str(grant["party_id"]))
    payload = {
        **told,
        "iss": issuer.issuer(),
        "sub": pairwise_sub(client_id, person_id),
        "aud": client_id,
        "azp": client_id,
        "exp": int((now + LIFE).timestamp()),
        "iat": int(now.timestamp()),
        "auth_time": int(grant["authenticated_at"].timestamp()),
        "acr": acr_of(grant["acr_level"]),
        "amr": methods(grant["method"]),
        "sid": sid(client_id, grant["session_id"]),
        "at_hash": create_half_hash(given.access, ALGORITHM).decode(),
    }
    if nonce is not None:
        payload["nonce"] = nonce
    return await signing.sign(Purpose.ID_TOKEN, payload, now=now)


def methods(method: str) -> list[str]:
    """Return `amr` of a sign-in method: a registered word, or ours."""
    return METHODS.get(method, [method])


def sid(client_id: str, session_id: Id) -> str:
    """Return how this client knows a browser's session; another client knows it by another word."""
    text = client_id.encode() + b"\0" + Id(str(session_id)).bytes
    return mac(text, purpose="oidc session").hex()[:32]
