"""Discovery (OpenID Connect Discovery 1.0, RFC 8414): what the provider can do, and nothing it cannot."""

from datetime import datetime, timedelta
from typing import Any

from identity import audit, signing
from identity.actor import Actor
from identity.assurance import LEVELS, acr_of
from identity.clients import AuthMethod
from identity.oidc import client_auth, dpop, issuer
from identity.oidc.claims import BY_CLAIM, OFFERED
from identity.oidc.token import GRANT_TYPES
from identity.signing import ALGORITHM, Purpose
from storage.db import transaction

PUBLISHED = timedelta(days=1)  # a key that signs no longer is published on for so long
LEAD = timedelta(minutes=10)  # and the next one is published for so long before it signs
JWKS_AGE_S = 300  # clients may keep the keys for so long, less than LEAD
OWN_CLAIMS = ("acr", "amr", "at_hash", "aud", "auth_time", "azp", "exp", "iat", "iss", "nonce", "sid", "sub")


def document() -> dict[str, Any]:
    """Return the provider's metadata."""
    return {**_addresses(), **_abilities(), **_proofs()}


def _addresses() -> dict[str, Any]:
    return {
        "issuer": issuer.issuer(),
        "authorization_endpoint": issuer.endpoint("authorize"),
        "token_endpoint": issuer.endpoint("token"),
        "userinfo_endpoint": issuer.endpoint("userinfo"),
        "jwks_uri": issuer.endpoint("jwks"),
        "pushed_authorization_request_endpoint": issuer.endpoint("par"),
        "revocation_endpoint": issuer.endpoint("revoke"),
        "introspection_endpoint": issuer.endpoint("introspect"),
        "end_session_endpoint": issuer.endpoint("logout"),
    }


def _abilities() -> dict[str, Any]:
    return {
        "scopes_supported": list(OFFERED),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": list(GRANT_TYPES),
        "code_challenge_methods_supported": ["S256"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
        "acr_values_supported": [acr_of(level) for level in LEVELS],
        "claims_supported": sorted({*OWN_CLAIMS, *BY_CLAIM}),
        "claim_types_supported": ["normal"],
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "claims_parameter_supported": True,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "require_request_uri_registration": False,
        "authorization_response_iss_parameter_supported": True,
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
        "ui_locales_supported": ["zh-CN"],
    }


def _proofs() -> dict[str, Any]:
    """Return how clients may prove themselves, and with what."""
    prove = sorted(AuthMethod)
    confidential = [AuthMethod.BASIC, AuthMethod.KEY]
    algorithms = list(client_auth.ALGORITHMS)
    return {
        "token_endpoint_auth_methods_supported": prove,
        "token_endpoint_auth_signing_alg_values_supported": algorithms,
        "revocation_endpoint_auth_methods_supported": prove,
        "revocation_endpoint_auth_signing_alg_values_supported": algorithms,
        "introspection_endpoint_auth_methods_supported": confidential,
        "introspection_endpoint_auth_signing_alg_values_supported": algorithms,
        "dpop_signing_alg_values_supported": [dpop.ALGORITHM],
    }


async def keys(*, now: datetime) -> dict[str, Any]:
    """Return the public keys that id_tokens are, were lately, or soon will be signed with."""
    await signing.ensure(Purpose.ID_TOKEN, now=now)
    return {"keys": await signing.public_keys(Purpose.ID_TOKEN, retired_after=now - PUBLISHED)}


async def rotate(actor: Actor, *, lead: timedelta = LEAD, now: datetime) -> str:
    """Publish the next key, which signs after `lead`; return its id."""
    await signing.ensure(Purpose.ID_TOKEN, now=now)
    async with transaction():
        kid = await signing.rotate(Purpose.ID_TOKEN, lead=lead, now=now)
        basis = f"signs in {int(lead.total_seconds() // 60)} minutes"
        await audit.record(actor, "key.rotate", f"key/{Purpose.ID_TOKEN}/{kid}", basis, now=now)
    return kid
