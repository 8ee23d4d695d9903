"""Walking the chain: every row is hashed anew, and every link must follow the one before.

A changed link is seen only where the next one no longer follows it, so each is judged when its
neighbours are known.
"""

import hashlib
import struct
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from uuid import UUID

from identity.chain.faults import Fault, Kind
from identity.chain.links import CANONICAL, GENESIS, value

# The subquery keeps the planner from reading the whole table anew for each piece of the chain.
STREAM = f"""
SELECT l.seq, l.row_id, l.digest, l.previous, l.sealed_at,
  (SELECT {CANONICAL.format(a="a")} FROM audit_row a WHERE a.id = l.row_id)
FROM audit_link l WHERE l.seq > $1 AND l.seq <= $2 ORDER BY l.seq
"""  # noqa: S608

SIGNATURE = b"PGCOPY\n\xff\r\n\0"
START = len(SIGNATURE) + 8  # flags, and a header extension of no bytes
LINK = struct.Struct(">h i q i 16s i 32s i 32s i q i")
WIDTHS = (8, 16, 32, 32, 8)  # of the columns before the row's own bytes
BACK_US = 60_000_000  # a clock may be put right by so much without a word
MOST_FAULTS = 100


@dataclass
class _Seen:
    """A link that was walked, and whether it followed the one before."""

    seq: int
    row_id: bytes
    value: bytes
    follows: bool


@dataclass
class Walk:
    """One walk from `start` on, where `previous` is the value of the link before it."""

    start: int = 1
    previous: bytes = GENESIS
    wanted: Collection[int] = ()  # the numbers of links whose values heads were signed for
    progress: Callable[[int], None] | None = None
    faults: list[Fault] = field(default_factory=list)
    values: dict[int, bytes] = field(default_factory=dict)
    rows: int = 0
    end: int = 0  # number of the last link

    def __post_init__(self) -> None:
        self._rest = b""
        self._begun = False
        self._last = _Seen(self.start - 1, b"", self.previous, follows=True)
        self._suspect = self._last  # what the last one should have followed, where it did not
        self._before = self.previous  # value of the link before the last
        self._latest_us = -(2**63)
        self.end = self.start - 1
        self.wanted = frozenset(self.wanted)

    def begin(self) -> None:
        """Expect a new stream, of the links that come next."""
        self._rest, self._begun = b"", False

    async def feed(self, piece: bytes) -> None:
        """Take a piece of the stream of `STREAM`."""
        data = self._rest + piece
        place = 0
        if not self._begun:
            if len(data) < START:
                self._rest = data
                return
            assert data.startswith(SIGNATURE), "this is no binary COPY"
            place, self._begun = START, True
        self._rest = data[self._take(data, place) :]

    def _take(self, data: bytes, place: int) -> int:
        """Walk the whole links in `data`; return where the rest begins."""
        head, unpack, size = LINK.size, LINK.unpack_from, len(data)
        while place + head <= size:
            _, a, seq, b, row_id, c, digest, d, previous, e, sealed_us, length = unpack(data, place)
            assert (a, b, c, d, e) == WIDTHS, "the table of links has other columns"
            stop = place + head + max(length, 0)
            if stop > size:
                break
            row = data[place + head : stop] if length >= 0 else None
            self._judge(seq, row_id, digest, previous, sealed_us, row)
            place = stop
        return place

    def _judge(
        self, seq: int, row_id: bytes, digest: bytes, previous: bytes, sealed_us: int, row: bytes | None
    ) -> None:
        last = self._last
        if row is None:
            self.note(Kind.DELETION, seq, row_id, "the row of this link is gone")
        elif hashlib.sha256(row).digest() != digest:
            self.note(Kind.EDIT, seq, row_id, "the row is not what was sealed")
        follows = previous == last.value
        if seq != last.seq + 1:
            self.note(Kind.DELETION, last.seq + 1, None, f"links {last.seq + 1} to {seq - 1} are gone")
            follows = True
        elif not follows or not last.follows:
            follows = self._compare(follows=follows, slipped_in=previous == self._before)
        if sealed_us < self._latest_us - BACK_US:
            self.note(Kind.CLOCK, seq, row_id, "sealed earlier than the link before it")
        self._latest_us = max(self._latest_us, sealed_us)
        self._before = last.value
        here = value(previous, seq, row_id, digest, sealed_us)
        self._last = _Seen(seq, row_id, here, follows)
        if seq in self.wanted:
            self.values[seq] = here
        self.rows += 1
        self.end = seq
        if self.progress is not None and not self.rows % 50_000:
            self.progress(seq)

    def _compare(self, *, follows: bool, slipped_in: bool) -> bool:
        """Find whom to blame where two neighbours do not fit; return whether this link counts as fitting.

        If the next link fits this one, this one is as it was sealed, and the one before it was changed.
        """
        last = self._last
        if not last.follows and follows:
            changed = self._suspect
            self.note(
                Kind.EDIT, changed.seq, changed.row_id, "the link is not the one its follower was made for"
            )
        elif not last.follows:
            self.note(Kind.ORDER, last.seq, last.row_id, "this link does not follow the one before it")
        elif slipped_in and last.row_id:
            self.note(Kind.INSERTION, last.seq, last.row_id, "this link was slipped in")
            return True
        self._suspect = last
        return follows

    def finish(self) -> None:
        """Judge the last link, which no other follows."""
        if not self._last.follows:
            before = self._suspect
            self.note(Kind.ORDER, before.seq, before.row_id, "the end of the chain does not follow this link")

    def note(self, kind: Kind, seq: int, row_id: bytes | None, detail: str) -> None:
        """Keep a fault, unless there are very many."""
        if len(self.faults) < MOST_FAULTS:
            row = str(UUID(bytes=row_id)) if row_id else None
            self.faults.append(Fault(kind=kind, seq=max(seq, 1), row=row, detail=detail))
