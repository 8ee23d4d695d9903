"""SM2 signatures with SM3 (GB/T 32918.2, GM/T 0009), by the libcrypto that `hashlib` is linked with.

`cryptography` has no SM2; of the packages that have, one is written in Python and neither quick nor of
constant time, the other bundles a library of 2023 (`docs/adr/124`).  So OpenSSL is called through ctypes:
a dozen functions of its stable EVP interface, and no more.

The signer's identity is the default of GM/T 0009, `1234567812345678`.  A signature is r and s, 32 bytes each.
"""

import _hashlib
import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ctypes import POINTER, byref, c_char_p, c_int, c_long, c_size_t, c_void_p

from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

IDENTITY = b"1234567812345678"
HALF_BYTES = 32
LONGEST_DER = 72  # bytes of a signature as OpenSSL writes it

_lib = ctypes.CDLL(_hashlib.__file__)


def _function(name: str, result: object, *arguments: object) -> Callable[..., int]:
    function = getattr(_lib, name)
    function.restype, function.argtypes = result, list(arguments)
    found: Callable[..., int] = function
    return found


_BYTES = POINTER(c_char_p)
_key_context = _function("EVP_PKEY_CTX_new_from_name", c_void_p, c_void_p, c_char_p, c_char_p)
_key_use = _function("EVP_PKEY_CTX_new", c_void_p, c_void_p, c_void_p)
_key_context_free = _function("EVP_PKEY_CTX_free", None, c_void_p)
_begin_making = _function("EVP_PKEY_keygen_init", c_int, c_void_p)
_make = _function("EVP_PKEY_keygen", c_int, c_void_p, POINTER(c_void_p))
_key_free = _function("EVP_PKEY_free", None, c_void_p)
_is_a = _function("EVP_PKEY_is_a", c_int, c_void_p, c_char_p)
_write_private = _function("i2d_PrivateKey", c_int, c_void_p, POINTER(c_void_p))
_write_public = _function("i2d_PUBKEY", c_int, c_void_p, POINTER(c_void_p))
_read_private = _function("d2i_AutoPrivateKey", c_void_p, c_void_p, POINTER(c_void_p), c_long)
_read_public = _function("d2i_PUBKEY", c_void_p, c_void_p, POINTER(c_void_p), c_long)
_set_identity = _function("EVP_PKEY_CTX_set1_id", c_int, c_void_p, c_char_p, c_int)
_digest_context = _function("EVP_MD_CTX_new", c_void_p)
_digest_context_free = _function("EVP_MD_CTX_free", None, c_void_p)
_use_context = _function("EVP_MD_CTX_set_pkey_ctx", None, c_void_p, c_void_p)
_sm3 = _function("EVP_sm3", c_void_p)
_begin_signing = _function("EVP_DigestSignInit", c_int, c_void_p, c_void_p, c_void_p, c_void_p, c_void_p)
_sign = _function("EVP_DigestSign", c_int, c_void_p, c_char_p, POINTER(c_size_t), c_char_p, c_size_t)
_begin_verifying = _function("EVP_DigestVerifyInit", c_int, c_void_p, c_void_p, c_void_p, c_void_p, c_void_p)
_verify = _function("EVP_DigestVerify", c_int, c_void_p, c_char_p, c_size_t, c_char_p, c_size_t)
_forget_errors = _function("ERR_clear_error", None)


class NoSm2(Exception):
    """The library has no SM2, or did not do what it was asked: the key may be no SM2 key."""


def new_key() -> bytes:
    """Return a fresh private key (PKCS #8, DER)."""
    context = _good(_key_context(None, b"SM2", None))
    key = c_void_p()
    try:
        _good(_begin_making(context) == 1 and _make(context, byref(key)) == 1)
        return _written(_write_private, key)
    finally:
        _key_free(key)
        _key_context_free(context)


def public_of(private: bytes) -> bytes:
    """Return the public half (SubjectPublicKeyInfo, DER) of a private key; its last 64 bytes are x and y."""
    with _key(_read_private, private) as key:
        return _written(_write_public, key)


def sign(private: bytes, data: bytes) -> bytes:
    """Return the signature of `data`: r and s, 64 bytes."""
    with _key(_read_private, private) as key, _digest(key, _begin_signing) as context:
        size = c_size_t(LONGEST_DER)
        room = ctypes.create_string_buffer(LONGEST_DER)
        _good(_sign(context, room, byref(size), data, len(data)) == 1)
    r, s = decode_dss_signature(room.raw[: size.value])
    return r.to_bytes(HALF_BYTES) + s.to_bytes(HALF_BYTES)


def verify(public: bytes, data: bytes, signature: bytes) -> bool:
    """Say whether `signature` is one of `data` by the owner of the public key.

    Raises: NoSm2 when the key is none.
    """
    if len(signature) != 2 * HALF_BYTES:
        return False
    r, s = int.from_bytes(signature[:HALF_BYTES]), int.from_bytes(signature[HALF_BYTES:])
    der = encode_dss_signature(r, s)
    with _key(_read_public, public) as key, _digest(key, _begin_verifying) as context:
        answer = _verify(context, der, len(der), data, len(data))
        _forget_errors()
        return answer == 1


@contextmanager
def _key(read: Callable[..., int], der: bytes) -> Iterator[int]:
    room = ctypes.create_string_buffer(der, len(der))
    place = c_void_p(ctypes.addressof(room))
    key = _good(read(None, byref(place), len(der)))
    try:
        _good(_is_a(key, b"SM2") == 1)
        yield key
    finally:
        _key_free(key)


@contextmanager
def _digest(key: int, begin: Callable[..., int]) -> Iterator[int]:
    """Begin to digest for the key, with the identity of the signer in front, as GM/T 0009 has it."""
    use = _good(_key_use(key, None))
    context = _digest_context()
    try:
        _good(context)
        _good(_set_identity(use, IDENTITY, len(IDENTITY)) > 0)
        _use_context(context, use)
        _good(begin(context, None, _sm3(), None, key) == 1)
        yield context
    finally:
        _digest_context_free(context)
        _key_context_free(use)


def _written(write: Callable[..., int], key: c_void_p | int) -> bytes:
    size = _good(max(0, write(key, None)))
    room = ctypes.create_string_buffer(size)
    place = c_void_p(ctypes.addressof(room))
    _good(write(key, byref(place)) == size)
    return room.raw


def _good(answer: int) -> int:
    """Return what a function answered; a zero or null is a failure, whose record must not stay behind."""
    if not answer:
        _forget_errors()
        raise NoSm2
    return answer
