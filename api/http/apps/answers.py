"""What is answered at the origin of a mini-app: headers, conditional requests and ranges (RFC 9110)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from banshi.package import Listed, kind_of

Header = tuple[bytes, bytes]

FOR_EVER = b"public, max-age=31536000, immutable"  # an address never comes to mean another file
AN_HOUR = b"public, max-age=3600"
ANEW = b"no-cache"  # pages are asked for each time, so that what is stopped stays stopped
RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")
LOCAL = " http://localhost:* http://127.0.0.1:*"  # the simulator on a developer's own machine


@dataclass(frozen=True)
class Answer:
    """A status, headers and a body."""

    status: int
    headers: list[Header]
    body: bytes = b""


def guards(host: str, *, is_open: bool) -> tuple[Header, ...]:
    """Return the headers that keep pages to themselves.

    `host` is the origin whose pages may frame them; `is_open`: those of the developer's machine may, too.
    """
    policy = (
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline';"
        " img-src 'self' data: blob:; font-src 'self' data:; media-src 'self' blob:; connect-src 'self';"
        " frame-src 'none'; object-src 'none'; base-uri 'none'; form-action 'self';"
        f" frame-ancestors {host}{LOCAL if is_open else ''};"
        " sandbox allow-scripts allow-forms allow-same-origin"
    )
    return (
        (b"content-security-policy", policy.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"cross-origin-opener-policy", b"same-origin"),
        (b"cross-origin-resource-policy", b"same-origin"),
        (b"origin-agent-cluster", b"?1"),
        (b"referrer-policy", b"no-referrer"),
        (b"permissions-policy", b"camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
    )


def about(name: str, listed: Listed) -> list[Header]:
    """Return the headers of a file, whether its body goes with them or not."""
    kind = kind_of(name) or "application/octet-stream"
    return [
        (b"content-type", kind.encode()),
        (b"cache-control", ANEW if kind.startswith("text/html") else FOR_EVER),
        (b"etag", tag(listed)),
        (b"accept-ranges", b"bytes"),
    ]


def about_host(app_id: str, platform: str) -> Answer:
    """Return who shows the pages of a mini-app: its scripts speak to this origin and no other."""
    body = msgspec.json.encode({"app": app_id, "host": platform})
    length = (b"content-length", b"%d" % len(body))
    return Answer(200, [(b"content-type", b"application/json"), length, (b"cache-control", AN_HOUR)], body)


def tag(listed: Listed) -> bytes:
    """Return the strong tag of a file's contents."""
    return f'"{listed.sha256}"'.encode()


def is_known(headers: Mapping[bytes, bytes], listed: Listed) -> bool:
    """Say whether who asks has the file already (If-None-Match)."""
    return names(headers.get(b"if-none-match", b""), tag(listed))


def names(told: bytes, own: bytes) -> bool:
    """Say whether an If-None-Match names this tag."""
    tags = [each.strip().removeprefix(b"W/") for each in told.split(b",")]
    return own in tags or tags == [b"*"]


def answer(headers: Mapping[bytes, bytes], name: str, listed: Listed, data: bytes) -> Answer:
    """Return the file, or the part of it that is asked for."""
    told = about(name, listed)
    part = _part(headers, listed)
    if part is None:
        return Answer(200, [*told, (b"content-length", b"%d" % len(data))], data)
    begin, end = part
    if begin >= end:
        return Answer(
            416,
            [
                (b"content-range", b"bytes */%d" % listed.size),
                (b"content-length", b"0"),
                (b"etag", tag(listed)),
            ],
        )
    extent = (b"content-range", b"bytes %d-%d/%d" % (begin, end - 1, listed.size))
    return Answer(206, [*told, extent, (b"content-length", b"%d" % (end - begin))], data[begin:end])


def _part(headers: Mapping[bytes, bytes], listed: Listed) -> tuple[int, int] | None:
    """Return from where to where is asked for, [0, 0] for what is not there; None: for everything.

    Several parts at once, and other units, may be answered by the whole.
    """
    asked = RANGE.fullmatch(headers.get(b"range", b"").decode("latin-1").strip())
    if asked is None or headers.get(b"if-range", tag(listed)) != tag(listed):
        return None
    first, last = asked.groups()
    if not first and not last:
        return None
    if not first:
        return max(0, listed.size - int(last)), listed.size
    if last and int(last) < int(first):
        return None
    return (
        (0, 0) if int(first) >= listed.size else (int(first), min(listed.size, int(last or listed.size) + 1))
    )
