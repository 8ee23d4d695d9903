"""Signed JSON of clients: compact JWS read strictly (RFC 7515, RFC 8725).

Only the header parameters that we understand may be there: nothing is fetched from a header, no key is
believed because it came along, but for a DPoP proof, whose norm wants it so.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.registry import HeaderParameter
from joserfc.util import urlsafe_b64decode

Key = ECKey | OKPKey | RSAKey

LONGEST = 8_000  # characters
RSA_BITS = 2048
PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})  # members of a JWK that nobody shows
ALGORITHMS = {"ES256": "EC", "PS256": "RSA", "EdDSA": "OKP", "Ed25519": "OKP"}
HEADER = frozenset({"alg", "typ", "kid", "cty"})
REGISTRY = jws.JWSRegistry(
    {"jwk": HeaderParameter("the key of a DPoP proof", "jwk")}, algorithms=list(ALGORITHMS)
)


class BadJws(Exception):
    """It is not what it should be; the message says what is wrong, in English."""


def header_of(token: str) -> dict[str, Any]:
    """Return the protected header, nothing of it proved.

    Raises: BadJws.
    """
    if len(token) > LONGEST or token.count(".") != 2 or not token.isascii():
        raise BadJws("it is not a compact JWS")
    return _object(token.partition(".")[0])


def payload_of(token: str) -> dict[str, Any]:
    """Return the payload, nothing of it proved.

    Raises: BadJws.
    """
    header_of(token)
    return _object(token.split(".")[1])


def check_header(
    header: Mapping[str, Any], *, algorithms: Iterable[str], besides: Iterable[str] = ()
) -> None:
    """Check that a header holds only what we understand, and an algorithm among `algorithms`.

    Raises: BadJws.
    """
    if strange := header.keys() - HEADER - set(besides):
        raise BadJws(f"its header holds {min(strange)[:20]}")
    alg = header.get("alg")
    if not isinstance(alg, str) or alg not in set(algorithms):
        raise BadJws(f"its alg is not one of {', '.join(sorted(algorithms))}")


def verify(token: str, key: Key) -> None:
    """Check the signature; the algorithm must be one for this very key.

    Raises: BadJws.
    """
    alg = str(header_of(token).get("alg"))
    if ALGORITHMS.get(alg) != key.key_type or key.get("alg") not in (None, alg):
        raise BadJws("its alg is not one for this key")
    try:
        jws.deserialize_compact(token, key, algorithms=[alg], registry=REGISTRY)
    except (JoseError, ValueError, TypeError):
        raise BadJws("its signature is wrong") from None


def public_key(jwk: Any) -> Key:
    """Return a public key that may verify: EC P-256, Ed25519, or RSA of at least 2,048 bits.

    Raises: BadJws, also when it is a private one.
    """
    if not isinstance(jwk, dict) or PRIVATE & jwk.keys():
        raise BadJws("the key is private, or no key")
    try:
        if jwk.get("kty") == "EC" and jwk.get("crv") == "P-256":
            return ECKey.import_key(jwk)
        if jwk.get("kty") == "OKP" and jwk.get("crv") == "Ed25519":
            return OKPKey.import_key(jwk)
        if jwk.get("kty") == "RSA":
            return RSAKey.import_key(_long_enough(jwk))
    except (JoseError, ValueError, TypeError, KeyError):
        raise BadJws("the key cannot be read") from None
    raise BadJws("the key is neither EC P-256, nor Ed25519, nor RSA")


def _long_enough(jwk: dict[str, Any]) -> dict[str, Any]:
    if int.from_bytes(urlsafe_b64decode(str(jwk["n"]).encode())).bit_length() < RSA_BITS:
        raise BadJws(f"the RSA key is shorter than {RSA_BITS} bits")
    return jwk


def number(payload: Mapping[str, Any], name: str) -> float:
    """Return a time in seconds; raises BadJws when it is missing or no number."""
    value = payload.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e11:
        raise BadJws(f"{name} is missing or no time")
    return value


def text(payload: Mapping[str, Any], name: str, *, longest: int = 256) -> str:
    """Return a text that is not empty; raises BadJws when it is missing or longer."""
    value = payload.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= longest or not is_text(value):
        raise BadJws(f"{name} is missing or no text")
    return value


def is_text(value: str) -> bool:
    """Say whether it can be written in UTF-8 and stored; JSON can name halves of characters, and NUL."""
    return "\0" not in value and not any("\ud800" <= each <= "\udfff" for each in value)


def _object(part: str) -> dict[str, Any]:
    try:
        found = json.loads(urlsafe_b64decode(part.encode()), object_pairs_hook=_unique, parse_constant=_none)
    except (ValueError, RecursionError):
        raise BadJws("it does not hold JSON, or names something twice") from None
    if not isinstance(found, dict):
        raise BadJws("it does not hold a JSON object")
    return found


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _none(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")
