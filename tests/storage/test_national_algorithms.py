"""SM2, SM3 and SM4 agree with the `openssl` command on random cases, a thousand each."""

import os
import random
import subprocess
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from storage import seal, sm2
from storage.settings import SealSettings
from tests.storage.openssl import COMMAND, answer, openssl

pytestmark = pytest.mark.slow

CASES = 1000
AT_ONCE = 4
DICE = random.Random(32918)
IDENTITY = "distid:1234567812345678"


def words(longest: int = 200) -> bytes:
    return DICE.randbytes(DICE.randint(0, longest))


def script(lines: list[str], folder: Path) -> list[str]:
    """Run many commands by one shell in each of a few threads; a thousand processes of our own are slow."""
    assert COMMAND, "the command openssl is missing: scripts/setup-interop installs it"
    parts = [lines[start::AT_ONCE] for start in range(AT_ONCE)]

    def run(part: list[str]) -> list[str]:
        text = "\n".join(part).encode()
        done = subprocess.run(["/bin/sh"], input=text, capture_output=True, cwd=folder, check=True)
        return done.stdout.decode().splitlines()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = list(pool.map(run, parts))
    return [found[place % AT_ONCE][place // AT_ONCE] for place in range(len(lines))]


def test_the_referee_knows_the_national_algorithms():
    assert b"SM3" in openssl("list", "-digest-algorithms").upper()
    assert b"SM2" in openssl("ecparam", "-list_curves").upper()


def test_blind_indexes_are_hmac_sm3(tmp_path):
    keys = [os.urandom(32) for _ in range(10)]
    cases = [
        (DICE.choice(keys), f"{DICE.getrandbits(60)}测试", f"p{DICE.randint(1, 9)}") for _ in range(CASES)
    ]
    lines, ours = [], []
    for number, (key, value, purpose) in enumerate(cases):
        seal.configure(SealSettings(master_key=b"m" * 32, index_key=key, token_key=b"t" * 32))
        ours.append(seal.blind(value, purpose=purpose).hex())
        (tmp_path / f"{number}").write_bytes(f"{purpose}\0{value}".encode())
        lines.append(f"openssl dgst -sm3 -mac HMAC -macopt hexkey:{key.hex()} -r {number} | cut -c1-64")

    assert script(lines, tmp_path) == ours


def openssl_gcm(key: bytes, nonce: bytes, plain: bytes, aad: bytes, folder: Path) -> bytes:
    """SM4-GCM put together from the block cipher of `openssl`, which has no GCM on its command line."""

    def block(data: bytes) -> bytes:
        return openssl("enc", "-sm4-ecb", "-K", key.hex(), "-nopad", given=data, folder=folder)

    counter = nonce + (2).to_bytes(4)
    body = openssl("enc", "-sm4-ctr", "-K", key.hex(), "-iv", counter.hex(), given=plain) if plain else b""
    blocks = block(bytes(16) + nonce + (1).to_bytes(4))
    tag = bytes(a ^ b for a, b in zip(ghash(blocks[:16], aad, body), blocks[16:], strict=True))
    return body + tag


def ghash(h: bytes, aad: bytes, body: bytes) -> bytes:
    """NIST SP 800-38D, algorithm 2, bit by bit."""
    point, total = int.from_bytes(h), 0
    padded = b"".join(part + bytes(-len(part) % 16) for part in (aad, body))
    for place in range(0, len(padded) + 16, 16):
        last = (len(aad) * 8).to_bytes(8) + (len(body) * 8).to_bytes(8)
        piece = padded[place : place + 16] if place < len(padded) else last
        total = multiply(total ^ int.from_bytes(piece), point)
    return total.to_bytes(16)


def multiply(x: int, y: int) -> int:
    z, v = 0, y
    for bit in range(127, -1, -1):
        if x >> bit & 1:
            z ^= v
        v = v >> 1 ^ (0xE1 << 120 if v & 1 else 0)
    return z


def test_the_referee_of_gcm_is_right_by_the_vector_of_rfc_8998(tmp_path):
    key, nonce = bytes.fromhex("0123456789ABCDEFFEDCBA9876543210"), bytes.fromhex("00001234567800000000ABCD")
    plain = b"".join(bytes([each]) * 8 for each in (0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF, 0xEE, 0xAA))
    aad = bytes.fromhex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2")

    sealed = openssl_gcm(key, nonce, plain, aad, tmp_path)

    assert sealed.hex().upper() == (
        "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735"
        "D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D"
        "83DE3541E4C2B58177E065A9BF7B62EC"
    )


def test_sealed_values_are_sm4_gcm(tmp_path):
    seal.configure(
        SealSettings(master_key=b"m" * 32, index_key=b"i" * 32, token_key=b"t" * 32, algorithm="sm4")
    )
    cases = [(os.urandom(32), words(), words(40)) for _ in range(CASES)]

    def agrees(case: tuple[bytes, bytes, bytes]) -> bool:
        key, plain, aad = case
        sealed = seal.seal(plain, key, aad=aad)
        assert sealed[0] == seal.SM4_GCM
        nonce = sealed[1:13]
        theirs = openssl_gcm(seal._sm4_key(key), nonce, plain, sealed[:1] + aad, tmp_path)
        return theirs == sealed[13:] and seal.open_(sealed[:13] + theirs, key, aad=aad) == plain

    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert all(pool.map(agrees, cases))


def test_a_tag_of_sm4_gcm_that_differs_in_a_bit_is_refused():
    for _ in range(CASES):
        key, nonce, plain = os.urandom(16), os.urandom(12), words() or b"x"
        encryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
        body = encryptor.update(plain) + encryptor.finalize()
        bad = bytearray(encryptor.tag)
        bad[DICE.randrange(16)] ^= 1 << DICE.randrange(8)
        decryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce, bytes(bad))).decryptor()
        decryptor.update(body)
        with pytest.raises(InvalidTag):
            decryptor.finalize()


def pem(der: bytes, kind: str) -> str:
    return f"-----BEGIN {kind} KEY-----\n{b64encode(der).decode()}\n-----END {kind} KEY-----\n"


def test_openssl_verifies_what_we_sign(tmp_path):
    keys = [sm2.new_key() for _ in range(20)]
    lines = []
    for number in range(CASES):
        key, data = keys[number % 20], words()
        signature = sm2.sign(key, data)
        r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
        (tmp_path / f"{number % 20}.pem").write_text(pem(sm2.public_of(key), "PUBLIC"))
        (tmp_path / f"{number}.data").write_bytes(data)
        (tmp_path / f"{number}.sig").write_bytes(encode_dss_signature(r, s))
        lines.append(
            f"openssl dgst -sm3 -verify {number % 20}.pem -sigopt {IDENTITY}"
            f" -signature {number}.sig {number}.data"
        )

    assert set(script(lines, tmp_path)) == {"Verified OK"}


def test_we_verify_what_openssl_signs(tmp_path):
    for number in range(10):
        openssl("genpkey", "-algorithm", "SM2", "-out", f"{number}.pem", folder=tmp_path)
    publics = [
        openssl("pkey", "-in", f"{number}.pem", "-pubout", "-outform", "DER", folder=tmp_path)
        for number in range(10)
    ]
    cases, lines = [], []
    for number in range(CASES):
        cases.append(words())
        (tmp_path / f"{number}.data").write_bytes(cases[-1])
        lines.append(
            f"openssl dgst -sm3 -sign {number % 10}.pem -sigopt {IDENTITY} -out {number}.sig {number}.data"
            "; echo"
        )
    script(lines, tmp_path)
    for number in range(CASES):
        r, s = decode_dss_signature((tmp_path / f"{number}.sig").read_bytes())
        signature = r.to_bytes(32) + s.to_bytes(32)
        assert sm2.verify(publics[number % 10], cases[number], signature)
        assert not sm2.verify(publics[number % 10], cases[number] + b"x", signature)
        assert not sm2.verify(publics[(number + 1) % 10], cases[number], signature)


def test_our_private_keys_are_ones_that_openssl_reads(tmp_path):
    (tmp_path / "key.pem").write_text(pem(sm2.new_key(), "PRIVATE"))

    assert answer("pkey", "-in", "key.pem", "-check", "-noout", folder=tmp_path)


def test_the_example_of_the_standard_verifies():
    """GB/T 32918.5, A.2: the key, the words `message digest` and their signature."""
    x = "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
    y = "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
    r = "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
    s = "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
    key = sm2.public_of(sm2.new_key())[:-64] + bytes.fromhex(x + y)

    assert sm2.verify(key, b"message digest", bytes.fromhex(r + s))
    assert not sm2.verify(key, b"message digest.", bytes.fromhex(r + s))


@pytest.mark.parametrize("signature", [b"", bytes(64), b"\xff" * 64, bytes(63), bytes(65)])
def test_what_is_no_signature_is_not_verified(signature):
    assert not sm2.verify(sm2.public_of(sm2.new_key()), b"data", signature)


@pytest.mark.parametrize("key", [b"", b"no key", b"0" * 91])
def test_what_is_no_key_is_refused(key):
    with pytest.raises(sm2.NoSm2):
        sm2.verify(key, b"data", bytes(64))
    with pytest.raises(sm2.NoSm2):
        sm2.sign(key, b"data")
