"""Signers: key pairs of either family behind one interface, the international one and the national one.

Both make compact JWS.  For SM2 no algorithm of JWS is registered with IANA; ours is called by the identifier
of GM/T 0006, `SGD_SM3_SM2`, with r and s as ES256 has them.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from typing import Any, Literal, Protocol

import msgspec
from joserfc import jws
from joserfc.jwk import ECKey

from storage import sm2

Family = Literal["es256", "sm2"]

ES256 = "ES256"
SM2 = "SGD_SM3_SM2"
MARK = b"sm2\0"  # before the DER of an SM2 key where it is wrapped, so that the family is vouched for, too
COORDINATE_BYTES = 32

_ECDSA = jws.JWSRegistry.algorithms[ES256]


class Signer(Protocol):
    """One key pair."""

    @property
    def kid(self) -> str:
        """Return the name of the pair."""
        ...

    @property
    def family(self) -> Family:
        """Return what it signs with."""
        ...

    def secret(self) -> bytes:
        """Return the private half, as `read` takes it."""
        ...

    def jwk(self) -> dict[str, Any]:
        """Return the public half."""
        ...

    def sign(self, type_: str, payload: bytes) -> str:
        """Return a compact JWS."""
        ...

    def opened(self, token: str) -> bytes:
        """Return the payload of what it signed.  Raises: ValueError, JoseError."""
        ...


class Es256:
    """ECDSA over P-256 (RFC 7518 §3.4)."""

    family: Family = "es256"

    def __init__(self, kid: str, key: ECKey) -> None:
        self.kid = kid
        self._key = key

    def secret(self) -> bytes:
        """Return the private key, DER."""
        return bytes(self._key.as_der(private=True))

    def jwk(self) -> dict[str, Any]:
        """Return the public half."""
        return dict(self._key.as_dict(private=False))

    def sign(self, type_: str, payload: bytes) -> str:
        """Return a compact JWS."""
        return _compact(ES256, self.kid, type_, payload, lambda text: _ECDSA.sign(text, self._key))

    def opened(self, token: str) -> bytes:
        """Return the payload of what it signed.  Raises: JoseError, ValueError."""
        return bytes(jws.deserialize_compact(token, self._key, algorithms=[ES256]).payload)


class Sm2:
    """SM2 with SM3 (GB/T 32918.2) and the default identity of GM/T 0009."""

    family: Family = "sm2"

    def __init__(self, kid: str, der: bytes) -> None:
        self.kid = kid
        self._der = der
        self._public = sm2.public_of(der)

    def secret(self) -> bytes:
        """Return the marked private key."""
        return MARK + self._der

    def jwk(self) -> dict[str, Any]:
        """Return the public half; `crv` SM2 is not registered either."""
        x, y = self._public[-2 * COORDINATE_BYTES : -COORDINATE_BYTES], self._public[-COORDINATE_BYTES:]
        return {
            "kty": "EC", "crv": "SM2", "x": _encoded(x), "y": _encoded(y), "kid": self.kid, "use": "sig",
            "alg": SM2,
        }  # fmt: skip

    def sign(self, type_: str, payload: bytes) -> str:
        """Return a compact JWS."""
        return _compact(SM2, self.kid, type_, payload, lambda text: sm2.sign(self._der, text))

    def opened(self, token: str) -> bytes:
        """Return the payload of what it signed.  Raises: ValueError."""
        header, payload, signature = token.split(".")
        found: Mapping[str, Any] = msgspec.json.decode(_decoded(header), type=dict[str, Any])
        body = f"{header}.{payload}".encode()
        if found.get("alg") != SM2 or not sm2.verify(self._public, body, _decoded(signature)):
            raise ValueError("not signed by this key")
        return _decoded(payload)


def fresh(family: Family, kid: str) -> Signer:
    """Make a key pair."""
    if family == "sm2":
        return Sm2(kid, sm2.new_key())
    return Es256(kid, ECKey.generate_key("P-256", {"kid": kid, "use": "sig", "alg": ES256}))


def read(kid: str, secret: bytes) -> Signer:
    """Return the pair of a private half.  Raises: ValueError, NoSm2."""
    if secret.startswith(MARK):
        return Sm2(kid, secret.removeprefix(MARK))
    return Es256(kid, ECKey.import_key(secret, {"kid": kid}))


def _compact(alg: str, kid: str, type_: str, payload: bytes, sign: Callable[[bytes], bytes]) -> str:
    header = msgspec.json.encode({"alg": alg, "kid": kid, "typ": type_})
    body = f"{_encoded(header)}.{_encoded(payload)}"
    return f"{body}.{_encoded(sign(body.encode()))}"


def _encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _decoded(text: str) -> bytes:
    raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if _encoded(raw) != text:
        raise ValueError("not the one way to write these bytes")
    return raw
