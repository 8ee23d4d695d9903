"""Sealing: what is sealed opens only whole, unchanged and in its place."""

import hashlib
import hmac
import os

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from storage import seal
from storage.settings import SealSettings

KEYS = {"master_key": b"m" * 32, "index_key": b"i" * 32, "token_key": b"t" * 32}
KEY = bytes(range(32))
CHUNK = seal.CHUNK_BYTES


@pytest.fixture(params=["aes", "sm4"])
def algorithm(request) -> str:
    seal.configure(SealSettings(**KEYS, algorithm=request.param))
    return request.param


def test_sealed_value_opens_again(algorithm):
    sealed = seal.seal("王芳".encode(), KEY, aad=b"name")

    assert seal.open_(sealed, KEY, aad=b"name").decode() == "王芳"
    assert sealed[0] == {"aes": seal.AES_GCM, "sm4": seal.SM4_GCM}[algorithm]


def test_any_flipped_byte_is_found(algorithm):
    sealed = seal.seal(b"330199199004121024", KEY, aad=b"number")

    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(seal.Tampered):
            seal.open_(bytes(changed), KEY, aad=b"number")


def test_any_truncation_is_found(algorithm):
    sealed = seal.seal(b"abc", KEY, aad=b"")

    for length in range(len(sealed)):
        with pytest.raises(seal.Tampered):
            seal.open_(sealed[:length], KEY, aad=b"")


def test_value_does_not_open_in_another_place_or_under_another_key(algorithm):
    sealed = seal.seal(b"abc", KEY, aad=b"person 1")

    with pytest.raises(seal.Tampered):
        seal.open_(sealed, KEY, aad=b"person 2")
    with pytest.raises(seal.Tampered):
        seal.open_(sealed, bytes(32), aad=b"person 1")


def test_equal_values_are_sealed_differently(algorithm):
    assert seal.seal(b"abc", KEY, aad=b"") != seal.seal(b"abc", KEY, aad=b"")


def test_what_one_algorithm_sealed_opens_after_the_switch():
    sealed = seal.seal(b"abc", KEY, aad=b"")
    stored = b"".join(seal.encrypt_chunks([b"abc"], KEY, b""))

    seal.configure(SealSettings(**KEYS, algorithm="sm4"))

    assert seal.open_(sealed, KEY, aad=b"") == b"abc"
    assert b"".join(seal.decrypt_chunks([stored], KEY, b"")) == b"abc"


def test_aes_value_is_plain_aes_gcm():
    sealed = seal.seal(b"abc", KEY, aad=b"place")

    assert AESGCM(KEY).decrypt(sealed[1:13], sealed[13:], sealed[:1] + b"place") == b"abc"


def test_wrapped_key_opens_only_for_its_owner(algorithm):
    key = seal.new_key()

    wrapped = seal.wrap(key, aad=b"party 1")

    assert seal.unwrap(wrapped, aad=b"party 1") == key
    with pytest.raises(seal.Tampered):
        seal.unwrap(wrapped, aad=b"party 2")


def test_master_key_change_loses_the_wrapped_keys():
    wrapped = seal.wrap(KEY, aad=b"")

    seal.configure(SealSettings(**{**KEYS, "master_key": b"x" * 32}))

    with pytest.raises(seal.Tampered):
        seal.unwrap(wrapped, aad=b"")


def test_sm3_is_the_published_one():
    assert hashlib.new("sm3", b"abc").hexdigest() == (
        "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"  # GB/T 32905 example 1
    )


def test_blind_index_is_hmac_sm3_apart_for_each_purpose():
    found = seal.blind("330199199004121024", purpose="person.number")

    assert found == hmac.digest(b"i" * 32, b"person.number\x00330199199004121024", "sm3")
    assert len(found) == 32
    assert found != seal.blind("330199199004121024", purpose="person.phone")


def test_mac_depends_on_key_purpose_and_text():
    assert seal.mac(b"abc", purpose="cursor") == seal.mac(b"abc", purpose="cursor")
    assert seal.mac(b"abc", purpose="cursor") != seal.mac(b"abc", purpose="link")
    assert seal.mac(b"abc", purpose="cursor") != seal.mac(b"abd", purpose="cursor")
    assert not seal.same(b"abc", b"abd")


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 7])
def test_file_of_any_size_opens_again(algorithm, size):
    plain = os.urandom(size)

    sealed = b"".join(seal.encrypt_chunks(pieces(plain, 10_000), KEY, b"file 1"))

    assert len(sealed) == seal.sealed_size(size)
    assert b"".join(seal.decrypt_chunks(pieces(sealed, 33_333), KEY, b"file 1")) == plain


@given(cuts=st.lists(st.integers(min_value=1, max_value=2 * CHUNK), max_size=8))
def test_file_does_not_depend_on_how_it_arrives(cuts):
    plain = b"x" * sum(cuts)
    parts, rest = [], plain
    for cut in cuts:
        parts.append(rest[:cut])
        rest = rest[cut:]

    sealed = list(seal.encrypt_chunks(parts, KEY, b""))

    assert b"".join(seal.decrypt_chunks(sealed, KEY, b"")) == plain


def test_file_with_chunks_swapped_repeated_dropped_or_cut_off_is_found(algorithm):
    sealed = b"".join(seal.encrypt_chunks([os.urandom(2 * CHUNK + 5)], KEY, b"file 1"))
    head, one, two, three = split(sealed)
    damaged = {
        "swapped": head + two + one + three,
        "repeated": head + one + one + two + three,
        "dropped": head + one + three,
        "cut off after a chunk": head + one + two,
        "cut off inside": sealed[:-1],
        "without its head": one + two + three,
        "empty": b"",
        "only its head": head,
        "longer": sealed + b"x",
    }

    for how, bytes_ in damaged.items():
        with pytest.raises(seal.Tampered):
            list(seal.decrypt_chunks([bytes_], KEY, b"file 1"))
            pytest.fail(how)


def test_file_with_any_flipped_byte_is_found(algorithm):
    sealed = b"".join(seal.encrypt_chunks([b"a small file"], KEY, b""))

    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 0x80
        with pytest.raises(seal.Tampered):
            list(seal.decrypt_chunks([bytes(changed)], KEY, b""))


def test_file_does_not_open_as_another_or_take_chunks_of_another(algorithm):
    first = b"".join(seal.encrypt_chunks([os.urandom(CHUNK + 1)], KEY, b"file 1"))
    second = b"".join(seal.encrypt_chunks([os.urandom(CHUNK + 1)], KEY, b"file 1"))
    mixed = first[: seal.HEADER_BYTES + CHUNK + 16] + second[seal.HEADER_BYTES + CHUNK + 16 :]

    for bytes_, aad in ((first, b"file 2"), (mixed, b"file 1")):
        with pytest.raises(seal.Tampered):
            list(seal.decrypt_chunks([bytes_], KEY, aad))


def test_keys_of_wrong_length_or_used_twice_are_refused():
    with pytest.raises(ValueError, match="32 bytes"):
        SealSettings(**{**KEYS, "index_key": b"short"})
    with pytest.raises(ValueError, match="differ"):
        SealSettings(**{**KEYS, "index_key": b"m" * 32})


def pieces(text: bytes, size: int) -> list[bytes]:
    return [text[start : start + size] for start in range(0, len(text), size)]


def split(sealed: bytes) -> tuple[bytes, bytes, bytes, bytes]:
    chunk = CHUNK + seal.TAG_BYTES
    body = sealed[seal.HEADER_BYTES :]
    return sealed[: seal.HEADER_BYTES], body[:chunk], body[chunk : 2 * chunk], body[2 * chunk :]
