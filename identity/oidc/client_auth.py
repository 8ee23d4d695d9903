"""How a client proves itself: by secret (RFC 6749 2.3.1), by key (RFC 7523), or, being public, not at all.

Exactly one way, the one it is registered with.  Unknown, disabled and wrong are answered alike; a client
of the FAPI 2.0 profile is told which of its rules failed.
"""

import base64
import binascii
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote_plus

from identity import clients
from identity.clients import AuthMethod, Client
from identity.oidc import issuer, jose, replays
from identity.oidc.call import Call
from identity.oidc.errors import ClientRefused, OAuthError
from identity.oidc.jose import BadJws, Key
from storage import leases, limits

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ALGORITHMS = ("ES256", "PS256", "EdDSA", "Ed25519")
TYPES = (None, "JWT", "client-authentication+jwt")
LONGEST_LIFE = timedelta(minutes=10)  # from now to an assertion's exp
AHEAD = timedelta(seconds=10)  # a clock may be ahead by so much
CALLS, CALLS_PER_S = 6_000, 600.0  # of one client, wherever they come from
FAILURES, FAILURES_PER_S = 60, 1.0  # tries that fail, by client and address


async def authenticate(call: Call, *, now: datetime) -> Client:
    """Return the client that makes the call.

    Raises: ClientRefused; OAuthError when it tries two ways; RateLimited when it failed too often.
    """
    way = _way(call)
    client_id = _named(call, way)
    bucket = f"oidc:client:{limits.subscriber(call.address)}:{client_id[:64]}"
    limits.check(bucket, capacity=FAILURES, per_s=FAILURES_PER_S)
    try:
        client = _right_way(await clients.enabled(client_id), way)
        await _prove(call, client, way, now=now)
    except ClientRefused:
        await limits.take(bucket, capacity=FAILURES, per_s=FAILURES_PER_S)
        raise
    if not client.is_public:  # whoever likes could use up what a public one may ask
        await leases.take(f"oidc:calls:{client_id}", capacity=CALLS, per_s=CALLS_PER_S)
    return client


def _way(call: Call) -> AuthMethod | None:
    """Return the one way tried; None is client_secret in the body, which is nobody's."""
    by_header = bool(call.authorization)
    by_key = "client_assertion" in call.parameters or "client_assertion_type" in call.parameters
    by_body = "client_secret" in call.parameters
    if by_header + by_key + by_body > 1:
        raise OAuthError("invalid_request", "a client proves itself in one way only")
    if by_body:
        return None
    if by_key:
        return AuthMethod.KEY
    return AuthMethod.BASIC if by_header else AuthMethod.NONE


def _named(call: Call, way: AuthMethod | None) -> str:
    """Return which client it says it is; wherever it says so, it must say the same."""
    in_body = call.parameters.get("client_id")
    if way is AuthMethod.BASIC:
        named, _ = _basic(call.authorization)
    elif way is AuthMethod.KEY:
        named = _subject(call)
    else:
        named = in_body or ""
    if in_body not in (None, named):
        raise ClientRefused("client_id is not that of the credentials", by_header=way is AuthMethod.BASIC)
    if not named:
        raise ClientRefused("client_id is missing", by_header=way is AuthMethod.BASIC)
    return named


def _right_way(client: Client | None, way: AuthMethod | None) -> Client:
    """Return a client that tries the way it is registered with."""
    by_header = way is AuthMethod.BASIC
    if client is not None and client.is_fapi2 and way is not AuthMethod.KEY:
        raise ClientRefused(
            "FAPI 2.0: this client must prove itself by private_key_jwt (RFC 7523)", by_header=by_header
        )
    if way is None:
        raise ClientRefused("client_secret_post is not supported; use the header Authorization")
    if client is None or client.auth_method is not way:
        raise ClientRefused(by_header=by_header)
    return client


async def _prove(call: Call, client: Client, way: AuthMethod | None, *, now: datetime) -> None:
    if way is AuthMethod.BASIC:
        if not client.knows(_basic(call.authorization)[1], now=now):
            raise ClientRefused(by_header=True)
    elif way is AuthMethod.KEY:
        await _check_assertion(call, client, now=now)


def _basic(header: str) -> tuple[str, str]:
    """Return id and secret of the header, both form-urlencoded inside (RFC 6749 2.3.1)."""
    kind, _, given = header.partition(" ")
    try:
        if kind.lower() != "basic":
            raise ValueError
        client_id, colon, secret = base64.b64decode(given.strip(), validate=True).decode().partition(":")
        if not colon or "%00" in client_id or "\0" in client_id:
            raise ValueError
        return unquote_plus(client_id, errors="strict"), unquote_plus(secret, errors="strict")
    except (ValueError, binascii.Error):
        raise ClientRefused("the header Authorization is not Basic credentials", by_header=True) from None


def _subject(call: Call) -> str:
    """Return which client an assertion is of, nothing proved."""
    if call.parameters.get("client_assertion_type") != ASSERTION:
        raise ClientRefused(f"client_assertion_type must be {ASSERTION}")
    try:
        return jose.text(jose.payload_of(call.parameters.get("client_assertion", "")), "sub")
    except BadJws as error:
        raise ClientRefused(f"client_assertion: {error}") from None


async def _check_assertion(call: Call, client: Client, *, now: datetime) -> None:
    """Check an assertion (RFC 7523 3; FAPI 2.0 5.3.2.1)."""
    assertion = call.parameters["client_assertion"]
    try:
        header = jose.header_of(assertion)
        jose.check_header(header, algorithms=ALGORITHMS)
        if header.get("typ") not in TYPES:
            raise BadJws("its typ is not JWT")
        _verify(assertion, header, client)
        payload = jose.payload_of(assertion)
        until = _check_claims(payload, client, call, now=now)
        jti = jose.text(payload, "jti")
    except BadJws as error:
        raise ClientRefused(f"client_assertion: {error}") from None
    if not await replays.first(f"assertion\0{client.client_id}", jti, until=until):
        raise ClientRefused("client_assertion: its jti was seen before")


def _verify(assertion: str, header: dict[str, Any], client: Client) -> None:
    """Check the signature with the client's registered keys: the one named, or those for its algorithm."""
    kid, alg = header.get("kid"), header["alg"]
    meant = [jwk for jwk in client.jwks if kid is None or jwk.get("kid") == kid]
    keys = [key for key in map(jose.public_key, meant) if _fits(key, alg)]
    if not keys:
        raise BadJws("no registered key is meant by its kid and alg")
    for place, key in enumerate(keys, start=1):
        try:
            return jose.verify(assertion, key)
        except BadJws:
            if place == len(keys):
                raise
    return None


def _fits(key: Key, alg: str) -> bool:
    return jose.ALGORITHMS[alg] == key.key_type and key.get("alg") in (None, alg)


def _check_claims(payload: dict[str, Any], client: Client, call: Call, *, now: datetime) -> datetime:
    """Check whose it is, for whom, and when; return until when it could be believed."""
    if payload.get("iss") != client.client_id or payload.get("sub") != client.client_id:
        raise BadJws("iss and sub must both be the client_id")
    if not _is_for_us(payload.get("aud"), client, call):
        raise BadJws(
            "FAPI 2.0: aud must be the issuer"
            if client.is_fapi2
            else "aud must be the issuer or the endpoint"
        )
    until = datetime.fromtimestamp(jose.number(payload, "exp"), UTC)
    if until <= now:
        raise BadJws("it has expired")
    if until > now + LONGEST_LIFE:
        raise BadJws(f"its exp is more than {LONGEST_LIFE.total_seconds():.0f} s away")
    for name in ("nbf", "iat"):
        if name in payload and datetime.fromtimestamp(jose.number(payload, name), UTC) > now + AHEAD:
            raise BadJws(f"its {name} is yet to come")
    return until


def _is_for_us(aud: Any, client: Client, call: Call) -> bool:
    """Say whether an assertion is for us: in FAPI 2.0 the issuer as a text, and nothing else."""
    if client.is_fapi2:
        return bool(aud == issuer.issuer())
    ours = {issuer.issuer(), issuer.endpoint("token"), issuer.endpoint(call.endpoint)}
    named = aud if isinstance(aud, list) else [aud]
    return any(isinstance(each, str) and each in ours for each in named)
