"""Registering clients (after RFC 7591): by the operator alone, and only what makes sense.

Client ids of mini-apps (`<app id>`, `<app id>--sandbox`) belong to the catalogue; the ids made here have an
underscore, which no app id has.
"""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import ip_address
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import msgspec

from banshi import signing
from identity import audit, clients
from identity.actor import WORKER
from identity.clients import AuthMethod, OidcClient, Profile
from identity.errors import ClientInvalid, ClientNotFound
from identity.oidc import claims, issuer, jose
from identity.oidc.jose import BadJws
from storage.db import execute, transaction
from storage.seal import wrap

PREFIX = "rp_"
APP_ID = re.compile(r"[a-z][a-z0-9-]{2,38}(--sandbox)?")
URI_CHARACTERS = re.compile(r"[!-~]{1,500}")
REASON = "应用办理业务所需"
MOST_KEYS = 10
DANGEROUS = frozenset({"javascript", "data", "vbscript", "file", "blob", "about", "ftp", "ws", "wss"})

MOVE = (
    "UPDATE oidc_client SET webhook_uri = $2, webhook_sealed = coalesce(webhook_sealed, $3)"
    " WHERE client_id = $1"
)


@dataclass(frozen=True, kw_only=True)
class Registration:
    """What an operator says of a new client."""

    name: str
    operator: str
    redirect_uris: Sequence[str]
    auth_method: AuthMethod = AuthMethod.BASIC
    profile: Profile = Profile.OIDC
    scopes: Mapping[str, str] = field(default_factory=dict)
    post_logout_uris: Sequence[str] = ()
    backchannel_logout_uri: str | None = None
    webhook_uri: str | None = None
    jwks: Mapping[str, Any] | None = None
    number_basis: str | None = None
    resources: Sequence[str] = ()
    serves: Sequence[str] = ()
    client_id: str | None = None


class Added(NamedTuple):
    """A new client; the secrets are shown once and kept nowhere in clear."""

    client_id: str
    secret: str | None
    webhook_secret: str | None  # `whsec_…`, with which it checks what it is told


async def add(wanted: Registration, *, now: datetime) -> Added:
    """Store the client; return its id and what secrets it has.

    Raises: ClientInvalid.
    """
    client_id = _client_id(wanted.client_id)
    _check_names(wanted)
    _check_method(wanted)
    _check_scopes(wanted)
    for uri in (*wanted.redirect_uris, *wanted.post_logout_uris):
        check_redirect(uri, native=wanted.auth_method is AuthMethod.NONE)
    told_at = (wanted.backchannel_logout_uri, wanted.webhook_uri)
    for uri in (*wanted.resources, *wanted.serves, *filter(None, told_at)):
        check_web(uri)
    webhook_secret = None if wanted.webhook_uri is None else signing.new_secret()
    row = OidcClient(
        client_id=client_id, name=wanted.name.strip(), operator=wanted.operator.strip(),
        auth_method=wanted.auth_method, profile=wanted.profile,
        redirect_uris=list(dict.fromkeys(wanted.redirect_uris)),
        post_logout_uris=list(dict.fromkeys(wanted.post_logout_uris)),
        backchannel_logout_uri=wanted.backchannel_logout_uri, webhook_uri=wanted.webhook_uri,
        jwks=None if wanted.jwks is None else msgspec.json.encode(wanted.jwks).decode(),
        scopes=msgspec.json.encode({scope: why or REASON for scope, why in wanted.scopes.items()}).decode(),
        number_basis=wanted.number_basis, resources=list(wanted.resources), serves=list(wanted.serves),
        created_at=now,
    )  # fmt: skip
    if webhook_secret is not None:
        row.webhook_sealed = wrap(webhook_secret.encode(), aad=clients.webhook_aad(client_id))
    return Added(client_id, await clients.add(row, now=now), webhook_secret)


async def move_webhook(client_id: str, uri: str, *, now: datetime) -> str | None:
    """Let a client be told at this address from now on; return a secret if it has none yet.

    Raises: ClientInvalid, ClientNotFound.
    """
    check_web(uri)
    secret = signing.new_secret()
    sealed = wrap(secret.encode(), aad=clients.webhook_aad(client_id))
    async with transaction():
        held = None if APP_ID.fullmatch(client_id) else await clients.lock(client_id)
        if held is None:
            raise ClientNotFound
        await execute(MOVE, client_id, uri, sealed)
        await audit.record(WORKER, "client.move_webhook", f"client/{client_id}", now=now)
    return secret if held.webhook_uri is None else None


def _invalid(problem: str) -> ClientInvalid:
    return ClientInvalid(problem=problem)


def _client_id(wanted: str | None) -> str:
    if wanted is None:
        return PREFIX + secrets.token_hex(8)
    if APP_ID.fullmatch(wanted):
        raise _invalid(f"{wanted} has the form of an app id: such client ids belong to the catalogue")
    if re.fullmatch(r"[A-Za-z0-9_.~-]{3,64}", wanted) is None:
        raise _invalid("a client id has 3 to 64 letters, digits and _ . ~ -")
    return wanted


def _check_names(wanted: Registration) -> None:
    if not 1 <= len(wanted.name.strip()) <= 80 or not 1 <= len(wanted.operator.strip()) <= 120:
        raise _invalid("give a name of at most 80 characters and an operator of at most 120")
    if not wanted.redirect_uris:
        raise _invalid("give at least one redirect URI")


def _check_method(wanted: Registration) -> None:
    """Check that keys are there where they are needed, and FAPI 2.0 with nothing weaker."""
    if wanted.profile is Profile.FAPI2 and wanted.auth_method is not AuthMethod.KEY:
        raise _invalid("FAPI 2.0 needs private_key_jwt")
    if (wanted.auth_method is AuthMethod.KEY) != (wanted.jwks is not None):
        raise _invalid("public keys (jwks) go with private_key_jwt, and with nothing else")
    if wanted.jwks is None:
        return
    keys = wanted.jwks.get("keys")
    if not isinstance(keys, list) or not 1 <= len(keys) <= MOST_KEYS:
        raise _invalid(f"a jwks is {{'keys': […]}} with at most {MOST_KEYS} keys")
    try:
        read = [jose.public_key(key) for key in keys]
    except BadJws as error:
        raise _invalid(f"jwks: {error}") from None
    kids = [key.get("kid") for key in read]
    if len(kids) > 1 and (None in kids or len(set(kids)) < len(kids)):
        raise _invalid("several keys need a kid each, all different")
    if any(
        key.get("alg") not in (None, *jose.ALGORITHMS) or key.get("use") not in (None, "sig") for key in read
    ):
        raise _invalid("a key is for signing, with ES256, PS256 or EdDSA")


def _check_scopes(wanted: Registration) -> None:
    if unknown := [scope for scope in wanted.scopes if scope not in claims.OFFERED]:
        raise _invalid(f"{unknown[0]} is no scope; they are: {', '.join(claims.OFFERED)}")
    if (claims.NUMBER in wanted.scopes) != (wanted.number_basis is not None):
        raise _invalid("idcard.number and its legal basis (--number-basis) go together")


def check_redirect(uri: str, *, native: bool) -> None:
    """Check a redirect URI: https, or this very machine, or for public clients a scheme of their own.

    Source: RFC 8252 7, RFC 9700 4.1.1.
    Raises: ClientInvalid.
    """
    parts = urlsplit(uri)
    own = native and "." in parts.scheme and parts.scheme not in DANGEROUS
    if own and URI_CHARACTERS.fullmatch(uri) and not parts.fragment:
        return
    check_web(uri)


def check_web(uri: str) -> None:
    """Check an address of the web: absolute, https or loopback, without fragment or user.

    Raises: ClientInvalid.
    """
    try:
        parts = urlsplit(uri)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        raise _invalid(f"{uri[:100]} is not an address") from None
    if URI_CHARACTERS.fullmatch(uri) is None or "#" in uri or "*" in uri or "\\" in uri:
        raise _invalid(f"{uri[:100]} holds a fragment, a star, or a character that no address has")
    if parts.username is not None or not host or "/../" in f"{parts.path}/":
        raise _invalid(f"{uri[:100]} has a user, no host, or steps upwards")
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(host)):
        raise _invalid(f"{uri[:100]} must begin with https:, or with http: on this very machine")


def _is_loopback(host: str) -> bool:
    if not issuer.loopback_allowed():
        return False
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
