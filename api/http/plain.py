"""Requests of the plainest kind, read without a parser: whole, and every byte of them beyond doubt.

What this module reads, httptools would read just so, or two readers would differ on where a request
ends, and one client could slip a request into another's connection.  So whatever is rare is not read.
"""

import re

from api.http.wish import Headers

END = b"\r\n\r\n"
HEADERS = re.compile(rb"^([!#$%&'*+\-.^_`|~0-9A-Za-z]++): ([!-~][ -~]*+)(?<! )\r\n", re.MULTILINE)
# of these each changes where a request ends, or what becomes of its connection
NEVER = frozenset(
    {
        b"transfer-encoding",
        b"te",  # codespell:ignore te
        b"trailer",
        b"expect",
        b"upgrade",
        b"proxy-connection",
    }
)
STAYS = (None, b"keep-alive", b"Keep-Alive")


def plain(data: bytes, line: re.Pattern[bytes]) -> tuple[re.Match[bytes], Headers, bytes] | None:
    """Return what `line` finds at the beginning, headers and body.

    None: `data` is not exactly one request whose every byte is beyond doubt.
    """
    end, first = data.find(END), line.match(data)
    if end < 0 or first is None:
        return None
    start, stop = first.end(), end + 2
    headers = {name.lower(): value for name, value in HEADERS.findall(data, start, stop)}
    if len(headers) != data.count(b"\n", start, stop):  # a line is odd, or a name comes twice
        return None
    body = data[end + 4 :]
    if headers.get(b"content-length") != b"%d" % len(body) or headers.get(b"connection") not in STAYS:
        return None
    return (first, headers, body) if NEVER.isdisjoint(headers) else None
