"""How a client wants its answer: media type, encoding, and the page of which origin reads it."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import NamedTuple, Self

from litestar.config.cors import CORSConfig

from api.graphql.plan.runtime import compression
from api.graphql.plan.runtime.compression import Parts
from api.http import accept
from api.http.whole import lines

Header = tuple[bytes, bytes]
Headers = dict[bytes, bytes]

CONTENT_TYPES = frozenset({b"application/json", b"application/json; charset=utf-8"})
MOST_CHARACTERS = 300  # longer wishes are not worth remembering
ENCODERS: Mapping[str, Callable[[Parts], bytes]] = {"zstd": compression.zstd, "gzip": compression.gzip}


class Wish(NamedTuple):
    """What goes with the body, also as lines, and into which of ENCODERS it goes."""

    headers: tuple[Header, ...]
    lines: bytes
    encoding: str | None

    @classmethod
    def of(cls, headers: tuple[Header, ...], encoding: str | None) -> Self:
        """Return the wish for answers with these headers."""
        return cls(headers, lines(headers), encoding)


class Wishes:
    """Reads wishes of the common kind; `compresses` allows encodings, `cors` pages of other origins."""

    def __init__(self, *, cors: CORSConfig | None, compresses: bool) -> None:
        self.compresses = compresses
        self.has_cors = cors is not None
        self.origins = (
            {origin.encode(): _allowing(cors, origin) for origin in cors.allow_origins} if cors else {}
        )

    def read(self, headers: Headers) -> Wish | None:
        """Return the wish in `headers`, none of which came twice; None: there is something unusual in it."""
        if headers.get(b"content-type") not in CONTENT_TYPES:
            return None
        encodings = headers.get(b"accept-encoding", b"") if self.compresses else b""
        accepted, origin = headers.get(b"accept", b""), headers.get(b"origin")
        if len(accepted) + len(encodings) > MOST_CHARACTERS:
            return None
        wish = _understood(accepted, encodings)
        if wish is None or origin is None or not self.has_cors:
            return wish
        allowing = self.origins.get(origin)
        return Wish.of(wish.headers + allowing, wish.encoding) if allowing else None


@lru_cache(maxsize=1024)
def _understood(accepted: bytes, encodings: bytes) -> Wish | None:
    media_type = accept.choose(accepted.decode("latin-1"))
    if media_type is None:
        return None
    content_type = (b"content-type", f"{media_type}; charset=utf-8".encode())
    return Wish.of((content_type,), accept.choose_encoding(encodings.decode("latin-1"), ENCODERS))


def _allowing(cors: CORSConfig, origin: str) -> tuple[Header, ...]:
    """Return the headers with which Litestar lets pages of `origin` read an answer."""
    found = {
        **cors.simple_headers,
        "Access-Control-Allow-Origin": origin,
        "Vary": "Origin",
        "Access-Control-Allow-Headers": ", ".join(sorted(set(cors.allow_headers))),
        "Access-Control-Allow-Methods": ", ".join(sorted(set(cors.allow_methods))),
    }
    return tuple((name.lower().encode(), value.encode()) for name, value in found.items())
