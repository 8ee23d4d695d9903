"""Sealing: what is stored in clear nowhere passes through here.

Every ciphertext starts with one byte that names its algorithm, so that the algorithm can change
without touching what is stored.  Everything that binds a ciphertext to its place goes into `aad`:
a value copied to another row, column or file does not open there.

    value   algorithm(1) nonce(12) ciphertext tag(16)
    file    algorithm(1) salt(16) then chunks of 64 KiB, each ciphertext tag(16)
"""

import hashlib
import hmac
import os
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from storage.settings import KEY_BYTES, SealSettings

AES_GCM: Final = 1
SM4_GCM: Final = 2
NONCE_BYTES = 12
TAG_BYTES = 16
SALT_BYTES = 16
CHUNK_BYTES = 64 * 1024
HEADER_BYTES = 1 + SALT_BYTES

_settings: SealSettings | None = None


class Tampered(Exception):
    """The ciphertext is not one we made for this key and place.  It never says which of them differs."""


def configure(settings: SealSettings) -> None:
    """Tell this process its keys."""
    global _settings
    _settings = settings


def _keys() -> SealSettings:
    assert _settings is not None, "storage.seal.configure was not called"
    return _settings


def new_key() -> bytes:
    """Return 32 fresh random bytes."""
    return os.urandom(KEY_BYTES)


def wrap(key: bytes, *, aad: bytes) -> bytes:
    """Seal a data key under the master key."""
    return seal(key, _derive(_keys().master_key, b"wrap"), aad=b"wrap\0" + aad)


def unwrap(wrapped: bytes, *, aad: bytes) -> bytes:
    """Open what `wrap` made with the same `aad`.

    Raises: Tampered.
    """
    return open_(wrapped, _derive(_keys().master_key, b"wrap"), aad=b"wrap\0" + aad)


def seal(plain: bytes, key: bytes, *, aad: bytes) -> bytes:
    """Encrypt and authenticate `plain` under a 32-byte key, bound to `aad`."""
    head = bytes([_algorithm()])
    nonce = os.urandom(NONCE_BYTES)
    return head + nonce + _encrypt(head[0], key, nonce, plain, head + aad)


def open_(sealed: bytes, key: bytes, *, aad: bytes) -> bytes:
    """Return the plain text of what `seal` made with the same key and `aad`.

    Raises: Tampered when a byte, the key or the place differs.
    """
    if len(sealed) < 1 + NONCE_BYTES + TAG_BYTES:
        raise Tampered
    head, nonce, body = sealed[:1], sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    return _decrypt(head[0], key, nonce, body, head + aad)


def blind(value: str, *, purpose: str) -> bytes:
    """Return the blind index of `value`: 32 bytes of HMAC-SM3 under the index key.

    Equal values are found by it; without the key, which is not in the database, a value cannot
    be guessed from it however few values exist.  `purpose` keeps columns apart.
    """
    return hmac.digest(_keys().index_key, f"{purpose}\0{value}".encode(), "sm3")


def mac(text: bytes, *, purpose: str) -> bytes:
    """Return 32 bytes of HMAC-SHA-256 under the token key, for what leaves us and comes back."""
    begun = _begun(_keys().token_key, purpose).copy()
    begun.update(text)
    return begun.digest()


@lru_cache(64)
def _begun(key: bytes, purpose: str) -> hmac.HMAC:
    """Return the MAC of every text for this purpose as it begins; lists make one for each of their rows."""
    return hmac.new(key, purpose.encode() + b"\0", "sha256")


def same(left: bytes, right: bytes) -> bool:
    """Compare two secrets in a time that does not depend on where they differ."""
    return hmac.compare_digest(left, right)


def token_hash(token: str) -> bytes:
    """Return the form in which a bearer token of full entropy is stored and found."""
    return hashlib.sha256(token.encode()).digest()


def encrypt_chunks(chunks: Iterable[bytes], key: bytes, aad: bytes) -> Iterator[bytes]:
    """Seal a file while it streams by; `chunks` may be of any sizes."""
    sealer = FileSealer(key, aad)
    for chunk in chunks:
        yield from sealer.feed(chunk)
    yield from sealer.end()


def decrypt_chunks(chunks: Iterable[bytes], key: bytes, aad: bytes) -> Iterator[bytes]:
    """Open a file while it streams by; what is yielded has been authenticated.

    Raises: Tampered on a changed, swapped, repeated or missing chunk; a cut-off end is found only
        at the end, so a reader must not call the file whole before the iterator is exhausted.
    """
    opener = FileOpener(key, aad)
    for chunk in chunks:
        yield from opener.feed(chunk)
    yield from opener.end()


def sealed_size(plain_size: int) -> int:
    """Return how many bytes a file of `plain_size` bytes has once sealed."""
    chunks = max(1, -(-plain_size // CHUNK_BYTES))
    return HEADER_BYTES + plain_size + chunks * TAG_BYTES


class FileSealer:
    """Seals one file piece by piece, for callers that cannot hand over an iterable."""

    def __init__(self, key: bytes, aad: bytes) -> None:
        self._head = bytes([_algorithm()]) + os.urandom(SALT_BYTES)
        self._key = _file_key(key, self._head, aad)
        self._buffer = bytearray()
        self._index = 0

    def feed(self, plain: bytes) -> Iterator[bytes]:
        """Take plain bytes and yield sealed ones; the newest chunk is held back, it may be the last."""
        self._buffer += plain
        while len(self._buffer) > CHUNK_BYTES:
            chunk = bytes(self._buffer[:CHUNK_BYTES])
            del self._buffer[:CHUNK_BYTES]
            yield self._seal(chunk, last=False)

    def end(self) -> Iterator[bytes]:
        """Yield the last chunk, marked as such; even an empty file has one."""
        yield self._seal(bytes(self._buffer), last=True)

    def _seal(self, chunk: bytes, *, last: bool) -> bytes:
        sealed = _encrypt(self._head[0], self._key, _chunk_nonce(self._index, last=last), chunk, b"")
        before = self._head if self._index == 0 else b""
        self._index += 1
        return before + sealed


class FileOpener:
    """Opens one file piece by piece; the counterpart of `FileSealer`."""

    def __init__(self, key: bytes, aad: bytes) -> None:
        self._secret, self._aad = key, aad
        self._head = b""
        self._key = b""
        self._buffer = bytearray()
        self._index = 0

    def feed(self, sealed: bytes) -> Iterator[bytes]:
        """Take sealed bytes and yield plain ones."""
        self._buffer += sealed
        if not self._head and len(self._buffer) >= HEADER_BYTES:
            self._head = bytes(self._buffer[:HEADER_BYTES])
            del self._buffer[:HEADER_BYTES]
            self._key = _file_key(self._secret, self._head, self._aad)
        while self._head and len(self._buffer) > CHUNK_BYTES + TAG_BYTES:
            chunk = bytes(self._buffer[: CHUNK_BYTES + TAG_BYTES])
            del self._buffer[: CHUNK_BYTES + TAG_BYTES]
            yield self._open(chunk, last=False)

    def end(self) -> Iterator[bytes]:
        """Yield the last chunk.

        Raises: Tampered when the file was cut off.
        """
        if not self._head:
            raise Tampered
        yield self._open(bytes(self._buffer), last=True)

    def _open(self, chunk: bytes, *, last: bool) -> bytes:
        plain = _decrypt(self._head[0], self._key, _chunk_nonce(self._index, last=last), chunk, b"")
        self._index += 1
        return plain


def _algorithm() -> int:
    return SM4_GCM if _keys().algorithm == "sm4" else AES_GCM


def _derive(key: bytes, purpose: bytes) -> bytes:
    """Return a key of one's own for `purpose`: HMAC as a pseudo-random function (NIST SP 800-108)."""
    return hmac.digest(key, b"banshi\0" + purpose, "sha256")


def _file_key(key: bytes, head: bytes, aad: bytes) -> bytes:
    """A fresh key for each file lets chunk nonces count from zero, and binds every chunk to `aad`."""
    return _derive(key, b"file\0" + head + hashlib.sha256(aad).digest())


def _chunk_nonce(index: int, *, last: bool) -> bytes:
    """Number of the chunk and whether it is the last: reorder and truncation change the nonce."""
    return index.to_bytes(NONCE_BYTES - 1) + bytes([last])


def _encrypt(algorithm: int, key: bytes, nonce: bytes, plain: bytes, aad: bytes) -> bytes:
    if algorithm == AES_GCM:
        return AESGCM(key).encrypt(nonce, plain, aad)
    encryptor = Cipher(algorithms.SM4(_sm4_key(key)), modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(aad)
    return encryptor.update(plain) + encryptor.finalize() + encryptor.tag


def _decrypt(algorithm: int, key: bytes, nonce: bytes, sealed: bytes, aad: bytes) -> bytes:
    if len(sealed) < TAG_BYTES or algorithm not in (AES_GCM, SM4_GCM):
        raise Tampered
    try:
        if algorithm == AES_GCM:
            return AESGCM(key).decrypt(nonce, sealed, aad)
        body, tag = sealed[:-TAG_BYTES], sealed[-TAG_BYTES:]
        decryptor = Cipher(algorithms.SM4(_sm4_key(key)), modes.GCM(nonce, tag)).decryptor()
        decryptor.authenticate_additional_data(aad)
        return decryptor.update(body) + decryptor.finalize()
    except InvalidTag:
        raise Tampered from None


def _sm4_key(key: bytes) -> bytes:
    """SM4 takes 16 bytes; they come from the 32 so that one stored key serves both algorithms."""
    return _derive(key, b"sm4")[:16]
