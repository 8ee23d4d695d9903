"""Automatic persisted queries while developing: texts by their own hash, in the memory of one process.

A client sends the hash alone, is told PERSISTED_QUERY_NOT_FOUND, and sends hash and text once.  The hash
is computed anew, so nobody can leave a text under another one's hash; the oldest texts make room.
"""

import hashlib
from collections import OrderedDict

from api.graphql.errors import PersistedQueryMismatch, PersistedQueryNotFound

MOST_CHARACTERS = 2_000_000  # of all texts together


class Texts:
    """The texts of one process."""

    def __init__(self, *, most_characters: int = MOST_CHARACTERS) -> None:
        self.most = most_characters
        self.held = 0
        self.texts: OrderedDict[str, str] = OrderedDict()

    def find(self, sha256: str) -> str:
        """Return the text with this hash.

        Raises:
            PersistedQueryNotFound: it was never kept, or has made room for others.
        """
        text = self.texts.get(sha256)
        if text is None:
            raise PersistedQueryNotFound
        self.texts.move_to_end(sha256)
        return text

    def keep(self, sha256: str, text: str) -> None:
        """Remember `text` by its hash.

        Raises:
            PersistedQueryMismatch: `sha256` is not its hash.
        """
        if hashlib.sha256(text.encode()).hexdigest() != sha256:
            raise PersistedQueryMismatch
        if sha256 in self.texts:
            return
        self.texts[sha256] = text
        self.held += len(text)
        while self.held > self.most:
            _, oldest = self.texts.popitem(last=False)
            self.held -= len(oldest)
