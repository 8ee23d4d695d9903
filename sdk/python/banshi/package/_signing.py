"""Signatures of packages: Ed25519 (RFC 8032) over the list."""

import base64
import binascii
import hashlib
from collections.abc import Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from banshi.package._listing import Listing, Signature

CONTEXT = b"banshi package 1\n"  # so that a signature of a package is good for nothing else


def new_key() -> bytes:
    """Return a fresh private key as PEM (PKCS #8)."""
    return Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def public_of(private_pem: bytes) -> bytes:
    """Return the 32 bytes of the public key.

    Raises: ValueError when the PEM holds no Ed25519 key.
    """
    return _private(private_pem).public_key().public_bytes_raw()


def key_id(public: bytes) -> str:
    """Return the id of a public key: the first 16 bytes of its SHA-256, in hexadecimal."""
    return hashlib.sha256(public).hexdigest()[:32]


def sign(listing: Listing, private_pem: bytes) -> Signature:
    """Return the signature over a list.

    Raises: ValueError when the PEM holds no Ed25519 key.
    """
    made = _private(private_pem).sign(CONTEXT + listing.encoded())
    text = base64.urlsafe_b64encode(made).rstrip(b"=").decode()
    return Signature(key=key_id(public_of(private_pem)), signature=text)


def verify(listing: bytes, signature: Signature, keys: Mapping[str, bytes]) -> bool:
    """Say whether one of `keys`, public ones by their ids, made the signature over these bytes of a list."""
    public = keys.get(signature.key)
    if public is None or signature.algorithm != "Ed25519":
        return False
    try:
        raw = base64.urlsafe_b64decode(signature.signature + "=" * (-len(signature.signature) % 4))
        Ed25519PublicKey.from_public_bytes(public).verify(raw, CONTEXT + listing)
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def _private(pem: bytes) -> Ed25519PrivateKey:
    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except TypeError as error:
        raise ValueError("the key is locked with a password") from error
    except ValueError as error:
        raise ValueError("this is no private key: make one with `miniapp keys new FILE`") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError("the key is not an Ed25519 key")
    return key
