"""Spliced bodies are what they were, for whoever decodes them."""

import gzip as stdlib_gzip
import random
import shutil
import subprocess
import threading
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
import pytest
from zstandard import ZstdDecompressor

from api.graphql.plan.runtime.compression import WORTH, Parts, gzip, plain, zstd
from api.graphql.plan.runtime.fragments import Fragment

CATALOG = Fragment('[{"code":"id_card","name":"居民身份证补领","agency":"公安"}],'.encode() * 40)
NOTICES = Fragment('[{"title":"办件已受理"}]'.encode() * 9)
LIVE = '"recentCases":[{"id":"0198","title":"居民身份证补领"},{"id":"0199","title":"居住证"}],'.encode() * 6
HOME: Parts = [
    b'{"data":{"catalog":',
    CATALOG,
    b",",
    LIVE,
    b'"notices":',
    NOTICES,
    b',"again":',
    CATALOG,
    b"}}",
]
ODD: list[Parts] = [
    [],
    [b""],
    [Fragment(b"")],
    [b"a"],
    [Fragment(b"a")],
    [CATALOG],
    [b"", CATALOG, b"", b"", NOTICES, b""],
    [CATALOG, CATALOG, CATALOG],
    [LIVE],
    [LIVE, LIVE, CATALOG, LIVE],
    [bytes(200_000)],
    [Fragment(bytes(200_000)), bytes(70_000)],
]


def unzstd(body: bytes) -> bytes:
    """Decode as the strictest client: one frame, and nothing behind it."""
    reader = ZstdDecompressor().decompressobj()
    found = reader.decompress(body)
    assert reader.eof
    assert not reader.unused_data
    return found


def random_parts(chance: random.Random) -> Parts:
    """Text that repeats itself a lot, across parts too, and sometimes noise."""
    parts: list[bytes | Fragment] = []
    for _ in range(chance.randrange(12)):
        size = chance.choice((0, 1, 59, 60, 61, 500, 9_000, 70_000))
        raw = chance.randbytes(size) if chance.random() < 0.2 else (LIVE * (size // len(LIVE) + 1))[:size]
        parts.append(Fragment(raw) if chance.random() < 0.5 else raw)
    return parts


@pytest.mark.parametrize("parts", [HOME, *ODD], ids=range(len(ODD) + 1))
def test_decoded_they_are_what_they_were(parts):
    body = plain(parts)

    assert stdlib_gzip.decompress(gzip(parts)) == body
    assert unzstd(zstd(parts)) == body


def test_decoded_they_are_what_they_were_in_any_composition():
    for seed in range(300):
        parts = random_parts(random.Random(seed))
        body = plain(parts)

        assert stdlib_gzip.decompress(gzip(parts)) == body, seed
        assert unzstd(zstd(parts)) == body, seed


def test_a_body_arrives_bit_by_bit():
    unzip = zlib.decompressobj(wbits=31)
    body = b"".join(unzip.decompress(bytes([each])) for each in gzip(HOME))

    assert body + unzip.flush() == plain(HOME)
    assert unzip.eof
    assert not unzip.unused_data, "one member"


def test_it_is_worth_it():
    size = len(plain(HOME))

    assert size > WORTH
    assert len(gzip(HOME)) < size / 5
    assert len(zstd(HOME)) < size / 5


def test_a_fragment_is_squeezed_once():
    fragment = Fragment(LIVE)
    assert fragment.deflated is fragment.deflated


def test_threads_do_not_disturb_each_other():
    wrong: list[int] = []

    def work(seed: int) -> None:
        for each in range(30):
            parts = random_parts(random.Random(1000 * seed + each))
            if unzstd(zstd(parts)) != plain(parts):
                wrong.append(seed)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not wrong


CODINGS = {"gzip": gzip, "zstd": zstd}


class Answers(BaseHTTPRequestHandler):
    """Says HOME in the coding that the path names."""

    def do_GET(self) -> None:
        coding = self.path[1:]
        if coding not in CODINGS:
            return self.send_error(404)  # e.g. a browser's wish for an icon
        body = CODINGS[coding](HOME)
        self.send_response(200)
        self.send_header("content-type", "application/json; charset=utf-8")
        self.send_header("content-encoding", coding)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_httpx_reads_them(url, coding):
    assert httpx.get(f"{url}/{coding}").content == plain(HOME)


@pytest.mark.slow  # scripts/setup-interop installs curl
@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_curl_reads_them(url, coding):
    curl = shutil.which("curl")
    assert curl is not None

    found = subprocess.run([curl, "-sS", "--compressed", f"{url}/{coding}"], capture_output=True, check=True)

    assert found.stdout == plain(HOME)
