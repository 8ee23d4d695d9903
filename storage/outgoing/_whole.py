"""Answers of the plainest kind, read without a parser: 200, whole in one piece, every byte beyond doubt.

Most back ends answer most calls so.  What this module reads, httptools would read just so; anything else
is httptools' to read, or to refuse.
"""

import re

MOST_HEAD = 32 * 1024  # bytes before the body
HEAD = re.compile(rb"HTTP/1\.1 200 [ -~]*+\r\n(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]++: [!-~][ -~]*+\r\n)++\r\n")
STAYS = b"\r\nconnection: keep-alive\r\n"
ODD = re.compile(b"connection|transfer-encoding|upgrade|trailer")  # wherever it stands


def whole(data: bytes) -> bytes | None:
    """Return the body of the answer that `data` is; None: it is not one beyond doubt."""
    found = HEAD.match(data, 0, MOST_HEAD)
    if found is None:
        return None
    body = data[found.end() :]
    head = found[0].lower().replace(STAYS, b"\r\n")
    if b"\r\ncontent-length: %d\r\n" % len(body) not in head or head.count(b"content-length") != 1:
        return None
    return None if ODD.search(head) else body
